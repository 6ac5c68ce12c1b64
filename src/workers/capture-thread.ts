import { parentPort, workerData } from 'node:worker_threads';
import { readCaptures } from '../store/verify/check-captures.js';
import type { CaptureNews, CaptureTask } from './read-captures-on-threads.js';

const { dataDir, limits, share } = workerData as CaptureTask;
const tell = (news: CaptureNews): void => parentPort?.postMessage(news);

/**
 * A thread that reads its share of the captures and ends. If it throws, it ends, and the process that started it reads
 * its share.
 */
const reading = readCaptures(dataDir, limits, share, (count) => {
  tell({ count, findings: null });
});
void reading.then((findings) => {
  tell({ count: findings.count, findings });
});

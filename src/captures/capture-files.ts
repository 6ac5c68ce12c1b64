import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOfReference, referenceOfName } from './capture-file-name.js';
import { CAPTURES_FOLDER } from './capture-format.js';

/** A capture file as references name it. */
export interface CaptureFile {
  /** Relative to dataDir: `captures/….warc.gz`. */
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

/**
 * @returns the capture files in order of their names, which is the order in which they were opened (as far as clocks agree);
 *          an absent folder has none. Other files in the folder are left out.
 */
export async function listCaptureFiles(dataDir: string): Promise<readonly CaptureFile[]> {
  const folder = join(dataDir, CAPTURES_FOLDER);
  const files: CaptureFile[] = [];
  for (const name of (await namesIn(folder)).sort()) {
    if (nameOfReference(referenceOfName(name)) === null) continue;
    const { size, mtimeMs } = await stat(join(folder, name));
    files.push({ file: referenceOfName(name), bytes: size, modifiedAtMs: mtimeMs });
  }
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

import { z } from 'zod';
import { isAnswer } from '../captures/decode-record.js';
import { readCapture, readMember, readRecordAt } from '../captures/read-capture.js';
import { PermanentError } from '../domain/errors.js';
import { systemCodeOf } from '../platform/disk-error.js';
import type { CaptureLocation } from '../store/catalogue/captures-table.js';
import type { WebApp } from './parameters.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

const params = z.object({
  file: z.string().regex(/^[\w.-]{1,200}$/),
  record: z.string().regex(/^\d{1,15}\.(?:html|warc\.gz)$/),
});
/** Longer pages have to be taken out of the WARC record with other tools. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * `/captures/{file}/{offset}.html` and `….warc.gz`: a page as it was received, and its WARC record. Both are downloads, so that a browser
 * never shows a page of the agency under our origin.
 */
export function addCaptureRoutes(app: WebApp, { catalogue }: WebSources): void {
  app.get('/captures/:file/:record', { schema: { params } }, (request, reply) => {
    const { file, record } = request.params;
    const [offset = ''] = record.split('.');
    const location = catalogue.requireQueries().views.pageCapture(`captures/${file}`, Number(offset));
    if (location === null) throw new WebRefusal(404, 'web.notFound', 'there is no capture of a page');
    const isWhole = record.endsWith('.warc.gz');
    const bytes = isWhole ? recordOf(catalogue.dataDir, location) : bodyOf(catalogue.dataDir, location);
    return reply
      .header('content-disposition', `attachment; filename="${file.split('.')[0] ?? 'capture'}-${record}"`)
      .type(isWhole ? 'application/gzip' : 'application/octet-stream')
      .send(bytes);
  });
}

function recordOf(dataDir: string, location: CaptureLocation): Buffer {
  return readable(() => readMember(dataDir, location));
}

function bodyOf(dataDir: string, location: CaptureLocation): Buffer {
  return readable(() => {
    const record = readRecordAt(dataDir, location);
    const reference = record !== null && isAnswer(record) ? record.reference : null;
    const capture = reference && readCapture(dataDir, reference, { bodyBytesMax: BODY_BYTES_MAX });
    if (capture?.kind !== 'response') throw new WebRefusal(404, 'web.notFound', 'this capture holds no page');
    return capture.body;
  });
}

/** @throws {WebRefusal} `web.notFound` if the file is missing or the record is damaged. */
function readable(read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PermanentError) && systemCodeOf(error) !== 'ENOENT') throw error;
    throw new WebRefusal(404, 'web.notFound', 'the capture cannot be read any more: sputnik verify says why');
  }
}

import { diskError } from '../../platform/disk-error.js';
import { EXIT } from '../../platform/exit-codes.js';

/** Whoever reads a stream and has seen enough (`| head`) closes the pipe: the program ends in silence, and no fault of anybody. */
export function quietPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    const { message } = diskError('write to standard output', error);
    process.stderr.write(
      `sputnik: ${message}\n  free space where it goes, then run it again; nothing that is stored was touched\n`,
    );
    process.exit(EXIT.unusable);
  });
}

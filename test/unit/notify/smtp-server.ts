import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A mail server that takes what comes, or answers `MAIL FROM` otherwise; its own few lines of RFC 5321. */
export interface SmtpServer {
  readonly port: number;
  readonly mails: readonly string[];
  /** Commands of all connections. */
  readonly commands: readonly string[];
  answerMail: string;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const mails: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const state = { answerMail: '250 fine' };
  const server = createServer((socket) => {
    sockets.add(socket);
    let input = '';
    let isData = false;
    socket.on('error', () => undefined);
    socket.write('220 test ESMTP\r\n');
    socket.on('data', (chunk) => {
      input += chunk.toString('latin1');
      for (;;) {
        const end = input.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const part = input.slice(0, end);
        input = input.slice(end + (isData ? 5 : 2));
        if (isData) {
          mails.push(part);
          isData = false;
          socket.write('250 taken as 1\r\n');
          continue;
        }
        commands.push(part);
        const word = part.slice(0, 4).toUpperCase();
        isData = word === 'DATA';
        const answers: Record<string, string> = { MAIL: state.answerMail, DATA: '354 go on', QUIT: '221 bye' };
        socket.write(`${answers[word] ?? '250 fine'}\r\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    ...{ mails, commands },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

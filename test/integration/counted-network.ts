import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packets that the programs in a network have sent: segments of TCP and datagrams of UDP, over either version of IP. */
export interface Sent {
  readonly tcp: number;
  readonly udp: number;
}

/** A network namespace with a loopback of its own, and a cable that leads nowhere. */
export interface CountedNetwork {
  /** Starts the program in it; what it inherits, pipes above all, works as ever. */
  readonly executable: string;
  /** Runs a script of Node in it. */
  run(script: string): void;
  sent(): Sent;
  remove(): void;
}

/** @throws where `canMakeNetworks` says no. */
export function openCountedNetwork(program: string): CountedNetwork {
  const space = `sputnik-count-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-network-'));
  const executable = join(folder, 'run');
  const inside = (...words: string[]): string =>
    execFileSync('ip', ['netns', 'exec', space, ...words], { encoding: 'utf8', timeout: 30_000 });
  execFileSync('ip', ['netns', 'add', space]);
  const link = (...words: string[]): void => void execFileSync('ip', ['-n', space, ...words]);
  // A cable whose both ends are in there: without a way out, programs do not even try.
  link('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there');
  link('addr', 'add', '10.78.0.2/24', 'dev', 'here');
  for (const device of ['lo', 'here', 'there']) link('link', 'set', device, 'up');
  link('route', 'add', 'default', 'via', '10.78.0.1');
  writeFileSync(executable, `#!/bin/sh\nexec ip netns exec ${space} "${program}" "$@"\n`);
  chmodSync(executable, 0o755);
  return {
    executable,
    run: (script) => void inside(process.execPath, '-e', script),
    sent: () => sentOf(inside('cat', '/proc/net/snmp', '/proc/net/snmp6')),
    remove: () => {
      execFileSync('ip', ['netns', 'del', space]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @param text  Pairs of lines `Udp: <names>` and `Udp: <numbers>`, then lines `Udp6OutDatagrams <number>`. TCP counts both versions in one. */
function sentOf(text: string): Sent {
  const counted = (protocol: string, name: string): number => {
    const [names = [], numbers = []] = text
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
      .map((line) => line.split(' '));
    return Number(numbers[names.indexOf(name)]);
  };
  const udp6 = Number(/^Udp6OutDatagrams\s+(\d+)$/m.exec(text)?.[1] ?? 0);
  return { tcp: counted('Tcp', 'OutSegs'), udp: counted('Udp', 'OutDatagrams') + udp6 };
}

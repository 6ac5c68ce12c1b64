import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Hosts that a program may reach, by the name that it knows them by: ports of this machine's loopback. */
export type Reach = Readonly<Record<string, readonly number[]>>;

/** A network for each of several programs. */
export interface HostNetworks {
  /** What goes before the words of a program, so that it starts in the network of that name. */
  prefixOf(name: string): readonly string[];
  stop(): Promise<void>;
}

const ip = (...words: string[]): void => {
  execFileSync('ip', words, { stdio: 'pipe' });
};

/** Whether this process may make networks: Linux, root, `ip` of iproute2. */
export function canMakeNetworks(): boolean {
  const name = `sputnik-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes network namespaces that are joined to this machine by a cable each. A program in one sees the ports that it may reach, under the
 * names that it is given, and nothing else: not the other programs, and no port of this machine beside.
 */
export async function openHostNetworks(reaches: Readonly<Record<string, Reach>>): Promise<HostNetworks> {
  const servers: Server[] = [];
  const spaces = new Map(Object.keys(reaches).map((name, at) => [name, { space: `sputnik-${process.pid}-${at}`, at }]));
  for (const [name, reach] of Object.entries(reaches)) {
    const { space, at } = spaces.get(name)!;
    const [outer, inner, here, there] = [
      `sp${process.pid}o${at}`,
      `sp${process.pid}i${at}`,
      `10.77.${at}.1`,
      `10.77.${at}.2`,
    ];
    ip('netns', 'add', space);
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', space);
    ip('addr', 'add', `${here}/30`, 'dev', outer);
    ip('link', 'set', outer, 'up');
    ip('-n', space, 'addr', 'add', `${there}/30`, 'dev', inner);
    for (const device of ['lo', inner]) ip('-n', space, 'link', 'set', device, 'up');
    mkdirSync(namesOf(space), { recursive: true });
    const lines = Object.keys(reach).map((host) => `${here} ${host}\n`);
    writeFileSync(join(namesOf(space), 'hosts'), lines.join(''));
    for (const port of Object.values(reach).flat()) servers.push(await forward(here, port));
  }
  return {
    prefixOf: (name) => ['ip', 'netns', 'exec', spaces.get(name)!.space],
    stop: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      for (const { space } of spaces.values()) {
        ip('netns', 'del', space);
        rmSync(namesOf(space), { recursive: true });
      }
    },
  };
}

/** `ip netns exec` lays what stands there over /etc. */
const namesOf = (space: string): string => join('/etc/netns', space);

/** Passes on what comes to an address of this machine to the same port of its loopback. */
function forward(address: string, port: number): Promise<Server> {
  const server = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    from.pipe(to).pipe(from);
    // Whoever is killed resets its connections.
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      resolve(server);
    });
  });
}

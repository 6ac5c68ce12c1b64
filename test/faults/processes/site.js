// Runs the test site as a process of its own for the fault tests: `node site.js '<options>'`, started with an IPC channel.
// It tells how many requests it has answered, and takes commands; each is answered once it is carried out.
import { BROWSER_MODES, HOSTILE_MODES } from '../../../dist/testsite/modes/hostile-modes.js';
import { startTestSite } from '../../../dist/testsite/start-test-site.js';

const MODES = { ...HOSTILE_MODES, ...BROWSER_MODES };
const REPORT_MS = 5;
const clock = { now: () => Date.now() };
const site = await startTestSite({ ...JSON.parse(process.argv[2] ?? '{}'), clock });
let reported = 0;

const COMMANDS = {
  truth: () => site.truth(),
  histories: () => {
    const entries = site
      .truth()
      .map(({ edition, articleId }) => [`${edition}/${articleId}`, site.history(edition, articleId)]);
    return Object.fromEntries(entries);
  },
  editionConfig: () => site.editionConfig(),
  requests: () => site.requests(),
  publish: (request) => site.publish(request),
  edit: ({ articleId, ...request }) => site.edit(articleId, request),
  setModes: (modes) => {
    for (const { edition, path, mode, times } of modes) {
      const target = { edition, ...(path === undefined ? {} : { path: new RegExp(path) }) };
      site.setMode(target, MODES[mode].action, times === undefined ? {} : { times });
    }
  },
  clearModes: () => site.clearModes(),
  clearRequests: () => {
    site.clearRequests();
    reported = 0;
  },
};

process.on('message', ({ command, id, value }) => {
  process.send({ id, value: COMMANDS[command](value) ?? null });
});
process.on('disconnect', () => process.exit(0));
setInterval(() => {
  const count = site.requests().length;
  if (count === reported) return;
  reported = count;
  process.send({ count });
}, REPORT_MS);
process.send({ ready: true });

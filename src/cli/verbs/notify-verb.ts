import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.js';
import { EXIT } from '../../platform/exit-codes.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

interface DecideOptions {
  readonly all?: boolean;
}

export function addNotifyVerb(command: Command): void {
  command
    .description(
      'Lists the notifications of the service. The service tells people about new articles, edits, ' +
        'withdrawals, editions in trouble, quarantine and drift, by the rules in the settings (`notify`, ' +
        'docs/notifications.md). A message that could not be delivered after all attempts waits here until ' +
        'you retry or drop it.',
    )
    .addHelpText(...examples('sputnik notify', 'sputnik notify list --json'));
  command
    .command('list', { isDefault: true })
    .summary('rules with what each sent last, and undelivered messages (default)')
    .addHelpText(...examples('sputnik notify', 'sputnik notify list --json'))
    .action(runVerb(list));
  command
    .command('test')
    .summary('send a sample to the targets of one rule or of all, and show the answers')
    .argument('[rule]', 'name of the rule')
    .addHelpText(...examples('sputnik notify test', 'sputnik notify test --json'))
    .action(runVerb(test));
  command
    .command('retry')
    .summary('send undelivered messages again')
    .argument('[ids...]', 'as listed by `notify list`, or the first characters')
    .option('--all', 'all undelivered messages')
    .addHelpText(...examples('sputnik notify retry --all', 'sputnik notify retry --all --json'))
    .action(runVerb(decide('retry')));
  command
    .command('drop')
    .summary('give undelivered messages up')
    .argument('[ids...]', 'as listed by `notify list`, or the first characters')
    .option('--all', 'all undelivered messages')
    .addHelpText(...examples('sputnik notify drop --all', 'sputnik notify drop --all --json'))
    .action(runVerb(decide('drop')));
}

const ID_SHOWN = 10;
const NO_RULE = 'No rule is configured: docs/notifications.md shows how.';

const list: VerbAction<object> = async ({ config, output }) => {
  const { readNotify } = await import('../../notify/outbox/read-notify.js');
  const state = readNotify(config);
  if (state.rules.length === 0) output.line(NO_RULE);
  else {
    output.table([
      [
        'rule',
        { title: 'tells of', cutTo: 12 },
        { title: 'to', cutTo: 8 },
        'waiting',
        'queued',
        'sent',
        'undelivered',
        { title: 'last sent', drop: 1 },
      ],
      ...state.rules.map(({ rule, on, to, enabled, waiting, queued, sent, undelivered, lastSentAt }) => [
        enabled ? rule : `${rule} (off)`,
        on.join(', '),
        to.join(', '),
        ...[waiting, queued, sent, undelivered],
        lastSentAt ?? '',
      ]),
    ]);
  }
  for (const { rule, lastFailure } of state.rules)
    if (lastFailure !== null) output.line(`${rule}: last not taken with “${lastFailure}”`);
  for (const { step, since, reason } of state.troubles)
    output.line(`Telling people fails (${step}) since ${since}: ${reason}`);
  const { count, messages } = state.undelivered;
  if (count > 0)
    output.lines(['', `Undelivered: ${count}${count > messages.length ? `, the oldest ${messages.length}` : ''}`]);
  for (const { id, rule, target, createdAt, attempts, answer, about } of messages)
    output.lines([
      `${id.slice(0, ID_SHOWN)}  ${rule} to ${target}, ${createdAt}, ${attempts} attempts: ${about}`,
      `    ${answer}`,
    ]);
  output.document(state satisfies Documents['notify']);
  return EXIT.done;
};

const test: VerbAction<object> = async ({ runtime, output }, _options, [rule]) => {
  const { testRules } = await import('../../app/notify/test-rules.js');
  const tried = await testRules(runtime, rule ?? null);
  if (tried.length === 0) output.line(NO_RULE);
  for (const { rule: name, target, isTaken, answer } of tried)
    output.line(`${name} to ${target}: ${isTaken ? 'taken' : 'NOT taken'}, ${answer}`);
  output.document({ tried } satisfies Documents['notify-test']);
  return tried.every(({ isTaken }) => isTaken) ? EXIT.done : EXIT.incomplete;
};

function decide(action: 'retry' | 'drop'): VerbAction<DecideOptions> {
  return async ({ runtime, output }, { all = false }, ids) => {
    if (all === ids.length > 0) {
      throw new UsageError(`notify ${action}: expected the ids of messages, or --all`, {
        code: 'usage.words',
        hint: '`sputnik notify` lists the ids',
      });
    }
    const { decideUndelivered } = await import('../../app/notify/decide-undelivered.js');
    const decision = await decideUndelivered(runtime, action, all ? null : ids);
    const { messages, served } = decision;
    const what = action === 'retry' ? 'queued again' : 'given up';
    output.line(messages.length === 0 ? 'Every message was delivered.' : `Messages ${what}: ${messages.length}.`);
    if (messages.length > 0 && !served)
      output.line('No service runs for this data directory; this takes effect when `sputnik serve` starts.');
    output.document(decision satisfies Documents['notify-decide']);
    return EXIT.done;
  };
}

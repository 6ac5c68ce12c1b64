import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { SERVICE_PARTS } from '../../app/service/service-parts.js';
import { ARTICLE_FORMATS } from '../../domain/page.js';
import { DISCOVERY_ROUTES } from '../../domain/edition.js';
import { CITATION_STYLES } from '../../export/cite-article.js';
import { OFFERED_FORMATS } from '../../export/export-formats.js';
import { DIMENSIONS } from '../../export/tally-articles.js';
import { EXIT } from '../../platform/exit-codes.js';
import { parseChoice } from '../arguments/parse-options.js';
import { examples, runVerb } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

export function addCompletionVerb(command: Command): void {
  command
    .description(
      'Prints a completion script for your shell. It completes verbs, options, editions, topics and ' +
        'formats, as the settings in force have them. For bash, put this into ~/.bashrc: eval "$(sputnik ' +
        'completion bash)"',
    )
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(...examples('sputnik completion bash', 'sputnik completion fish >sputnik.fish'))
    .action(
      runVerb(async ({ config, output }, _options, [word = '']) => {
        const shell = parseChoice(word, SHELLS, 'completion', 'bash');
        const script = COMPLETION_SCRIPTS[shell](commandTree(command.parent ?? command), await valuesOf(config));
        if (!output.json) process.stdout.write(script);
        output.document({ shell, script } satisfies Documents['completion']);
        return EXIT.done;
      }),
    );
}

async function valuesOf({ editions, topics, schedules }: Config): Promise<CompletionValues> {
  const { LOG_LEVELS } = await import('../../platform/logger.js');
  const names = Object.keys(schedules);
  return {
    '--edition': editions.map(({ id }) => id),
    '--family': [...new Set(editions.map(({ family }) => family))],
    '--topic': topics.map(({ id }) => id),
    '--lang': [...new Set(editions.map(({ language }) => language))],
    '--format': OFFERED_FORMATS,
    '--style': CITATION_STYLES,
    '--by': DIMENSIONS,
    '--format-of': ARTICLE_FORMATS,
    '--via': DISCOVERY_ROUTES,
    '--only': SERVICE_PARTS,
    '--log-level': LOG_LEVELS,
    completion: SHELLS,
    'schedule run': names,
    'schedule pause': names,
    'schedule resume': names,
  };
}

/** The values of options and arguments, by flag or by `<verb> <part>`. Those that are not listed take a file. */
type CompletionValues = Readonly<Record<string, readonly string[]>>;

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** Writes what a shell has to read so that it completes verbs, options and their values. */
const COMPLETION_SCRIPTS: Readonly<Record<Shell, (tree: CommandNode, values: CompletionValues) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const FLAGS_OF = (tree: CommandNode): string[] => tree.options.map(({ flag }) => flag);

/** A line of a `case` for each option with values, then one for those that take something else. */
function valueCases(
  tree: CommandNode,
  values: CompletionValues,
  then: { one: (words: string) => string; file: string },
) {
  const withValue = new Set(
    allCommands(tree)
      .flatMap(({ options }) => options.filter((o) => o.takesValue))
      .map(({ flag }) => flag),
  );
  const known = [...withValue].filter((flag) => flag in values);
  const others = [...withValue].filter((flag) => !(flag in values));
  return [
    ...known.map((flag) => `    ${flag}) ${then.one((values[flag] ?? []).join(' '))} ;;`),
    `    ${['-o', ...others].join('|')}) ${then.file} ;;`,
  ].join('\n');
}

/** A line of a `case` for each command: what may follow it. */
function wordCases(tree: CommandNode, values: CompletionValues): string {
  return allCommands(tree)
    .map((node) => {
      const parts = node.parts.map(({ path }) => path.split(' ').at(-1) ?? '');
      const words = [...parts, ...(values[node.path] ?? []), ...FLAGS_OF(node), ...FLAGS_OF(tree), '--help'];
      return `    '${node.path}') words='${[...new Set(words)].join(' ')}' ;;`;
    })
    .join('\n');
}

function pathCase(tree: CommandNode): string {
  return allCommands(tree)
    .flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]))
    .join('|');
}

function bashScript(tree: CommandNode, values: CompletionValues): string {
  const of = {
    one: (words: string) => `_sputnik_list '${words}'; return`,
    file: `COMPREPLY=($(compgen -f -- "$cur")); return`,
  };
  return `# bash completion of sputnik: eval "$(sputnik completion bash)"
_sputnik_list() {
  local last=\${cur##*,}
  COMPREPLY=($(compgen -P "\${cur%"$last"}" -W "$1" -- "$last"))
}
_sputnik() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at='' next words i
  [[ $cur == '=' ]] && cur=''
  [[ $prev == '=' ]] && prev=\${COMP_WORDS[COMP_CWORD - 2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=\${at:+$at }\${COMP_WORDS[i]}
    case $next in ${pathCase(tree)}) at=$next ;; esac
  done
  case $prev in
${valueCases(tree, values, of)}
  esac
  case $at in
${wordCases(tree, values)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _sputnik sputnik
`;
}

function zshScript(tree: CommandNode, values: CompletionValues): string {
  const of = { one: (words: string) => `compset -P '*,'; compadd -- ${words}; return`, file: '_files; return' };
  return `#compdef sputnik
# zsh completion of sputnik: eval "$(sputnik completion zsh)", or save it as _sputnik in a folder of $fpath
_sputnik() {
  local at='' next words_of word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next=\${at:+$at }$word
    case $next in ${pathCase(tree).replaceAll("'", '"')}) at=$next ;; esac
  done
  case \${words[CURRENT-1]} in
${valueCases(tree, values, of)}
  esac
  case $at in
${wordCases(tree, values).replaceAll('words=', 'words_of=')}
  esac
  compadd -- \${=words_of}
  _files
}
if [[ \${funcstack[1]} == _sputnik ]]; then _sputnik "$@"; else compdef _sputnik sputnik; fi
`;
}

function fishScript(tree: CommandNode, values: CompletionValues): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const optionLines = (node: CommandNode, condition: string): string[] =>
    node.options.map(({ flag, description, takesValue }) => {
      const known = values[flag];
      const taken = !takesValue ? '' : known === undefined ? ' -r' : ` -x -a ${quoted(known.join(' '))}`;
      return `complete -c sputnik${condition} -l ${flag.slice(2)}${taken} -d ${quoted(description)}`;
    });
  const lines = allCommands(tree).flatMap((node) => {
    const [verb = '', part] = node.path.split(' ');
    if (verb === '') return optionLines(node, '');
    const seen = part === undefined ? verb : part;
    const isBelow = part === undefined ? '' : `; and __fish_seen_subcommand_from ${verb}`;
    const offered =
      part === undefined
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${verb}; and not __fish_seen_subcommand_from ${part}`;
    const condition = ` -n ${quoted(`__fish_seen_subcommand_from ${seen}${isBelow}`)}`;
    const words = values[node.path];
    return [
      `complete -c sputnik -n ${quoted(offered)} -a ${seen} -d ${quoted(node.summary)}`,
      ...(words === undefined ? [] : [`complete -c sputnik${condition} -a ${quoted(words.join(' '))}`]),
      ...optionLines(node, condition),
    ];
  });
  return `# fish completion of sputnik: sputnik completion fish | source\n${lines.join('\n')}\n`;
}

/** A verb, or a part of one, as a shell completes it. */
interface CommandNode {
  /** `failed list`; empty for the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
  readonly parts: readonly CommandNode[];
  /** Name of its first argument, `file`; null: it takes none. */
  readonly argument: string | null;
}

interface CommandOption {
  /** `--edition` */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
}

/** Reads the tree of commands that commander holds; verbs that were not loaded have no options. */
function commandTree(command: Command, path = ''): CommandNode {
  return {
    path,
    summary: command.summary(),
    options: command.options.flatMap(({ long, description, required, optional, hidden }) =>
      typeof long !== 'string' || hidden ? [] : [{ flag: long, description, takesValue: required || optional }],
    ),
    parts: command.commands.map((part) => commandTree(part, `${path} ${part.name()}`.trim())),
    argument: command.registeredArguments[0]?.name() ?? null,
  };
}

/** @returns the command and all below it, parents first. */
function allCommands(node: CommandNode): CommandNode[] {
  return [node, ...node.parts.flatMap(allCommands)];
}

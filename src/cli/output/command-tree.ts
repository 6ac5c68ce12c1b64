import type { Command } from 'commander';

/** A verb, or a part of one, as a shell completes it. */
export interface CommandNode {
  /** `failed list`; empty for the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
  readonly parts: readonly CommandNode[];
  /** Name of its first argument, `file`; null: it takes none. */
  readonly argument: string | null;
}

export interface CommandOption {
  /** `--edition` */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
}

/** Reads the tree of commands that commander holds; verbs that were not loaded have no options. */
export function commandTree(command: Command, path = ''): CommandNode {
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
export function allCommands(node: CommandNode): CommandNode[] {
  return [node, ...node.parts.flatMap(allCommands)];
}

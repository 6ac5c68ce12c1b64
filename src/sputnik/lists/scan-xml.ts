import { Parser } from 'htmlparser2';
import { LIST_LENGTH_MAX, type ListProblem } from './parsed-list.js';

/** One element while it is open. */
export interface XmlElement {
  /** Namespace prefix as written, '' for none. */
  readonly prefix: string;
  /** Name without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text and CDATA directly within it so far, at most `TEXT_LENGTH_MAX`. */
  text: string;
}

export interface XmlVisitor {
  /** Names of root elements that are wanted, without prefix. */
  readonly roots: readonly string[];
  /** @param ancestors  From the root to the parent. */
  readonly opened?: (element: XmlElement, ancestors: readonly XmlElement[]) => void;
  /** Only for elements that the document closes itself, so that nothing cut off is taken for whole. */
  readonly closed: (element: XmlElement, ancestors: readonly XmlElement[]) => void;
  /** Asked between stretches of text: whether enough was read. */
  readonly isEnough: () => boolean;
}

const CHUNK_LENGTH = 65_536;
const DEPTH_MAX = 64;
const TEXT_LENGTH_MAX = 8_192;

/**
 * Walks a document of elements. Tolerant (namespaces need not be declared, `&` may stand alone), and bounded: depth,
 * text and length have their limits, and entities beyond XML's own five are left as they stand, so none expands.
 *
 * @returns What is wrong with the document as XML; empty: it is whole.
 *
 * Pure but for the visitor.
 */
export function scanXml(text: string, visitor: XmlVisitor): ListProblem[] {
  if (text.length > LIST_LENGTH_MAX) return [{ code: 'tooLarge', detail: `${text.length} characters` }];
  const open: XmlElement[] = [];
  const state: { root: string | null; newest: XmlElement | null; problem: ListProblem | null } = {
    root: null,
    newest: null,
    problem: null,
  };

  const parser = new Parser(
    {
      onopentag: (qualified, attributes) => {
        const element = elementOf(qualified, attributes);
        if (state.root === null) state.root = element.name;
        if (open.length >= DEPTH_MAX) state.problem ??= { code: 'tooDeep', detail: `more than ${DEPTH_MAX} levels` };
        else if (isWanted()) visitor.opened?.(element, open);
        open.push(element);
        state.newest = element;
      },
      ontext: (data) => {
        const element = open.at(-1);
        if (element !== undefined && element.text.length < TEXT_LENGTH_MAX) element.text += data;
      },
      onclosetag: (qualified, isImplied) => {
        const element = open.pop();
        if (element === undefined || !isWanted()) return;
        // The parser calls `<a/>` implied as well.
        const isSelfClosed = element === state.newest && text[parser.endIndex - 1] === '/';
        if (isImplied && !isSelfClosed)
          state.problem ??= { code: 'broken', detail: `<${qualified.slice(0, 50)}> is never closed` };
        else visitor.closed(element, open);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  const isWanted = (): boolean => state.problem === null && state.root !== null && visitor.roots.includes(state.root);
  const isOver = (): boolean => state.problem !== null || visitor.isEnough() || (state.root !== null && !isWanted());

  for (let at = 0; at < text.length && !isOver(); at += CHUNK_LENGTH) parser.write(text.slice(at, at + CHUNK_LENGTH));
  if (!isOver()) parser.end();
  return judge(state, visitor);
}

function judge(
  { root, problem }: { readonly root: string | null; readonly problem: ListProblem | null },
  { roots }: XmlVisitor,
): ListProblem[] {
  if (root !== null && roots.includes(root)) return problem === null ? [] : [problem];
  const found = root === null ? 'no element at all' : `<${root.slice(0, 50)}>`;
  return [{ code: 'wrongDocument', detail: `wanted <${roots.join('> or <')}>, found ${found}` }];
}

function elementOf(qualified: string, attributes: Readonly<Record<string, string>>): XmlElement {
  const colon = qualified.indexOf(':');
  return { prefix: colon < 0 ? '' : qualified.slice(0, colon), name: qualified.slice(colon + 1), attributes, text: '' };
}

import { compile } from 'css-select';
import { attributeOf, type ElementIndex, type PageTree, type TreeElement } from './page-tree.js';

type TreeNode = TreeElement | string;

interface Key {
  readonly kind: keyof ElementIndex;
  readonly name: string;
}

/** A selector without commas. */
interface CompiledSelector {
  readonly matches: (element: TreeElement) => boolean;
  /** What every element that matches carries. */
  readonly key: Key;
  /** Whatever carries the key matches. */
  readonly isKey: boolean;
}

/** Grows by the selectors that stand in the code, no further. */
const compiled = new Map<string, readonly CompiledSelector[]>();
const NONE: readonly TreeElement[] = [];

/** How css-select walks a page's tree; only elements are ever asked for. */
const adapter = {
  isTag: (node: TreeNode): node is TreeElement => typeof node !== 'string',
  getAttributeValue: (element: TreeElement, name: string): string | undefined =>
    attributeOf(element, name) ?? undefined,
  hasAttrib: (element: TreeElement, name: string): boolean => attributeOf(element, name) !== null,
  getName: (element: TreeElement): string => element.name,
  getParent: (element: TreeElement): TreeElement | null => element.parent,
  getChildren: (node: TreeNode): TreeNode[] => (typeof node === 'string' ? [] : [...node.children]),
  getSiblings: (node: TreeNode): TreeNode[] =>
    typeof node === 'string' || node.parent === null ? [node] : [...node.parent.children],
  getText: (node: TreeNode): string => (typeof node === 'string' ? node : ''),
  removeSubsets: (nodes: TreeNode[]): TreeNode[] => nodes,
};

/**
 * Finds elements by a CSS selector; names and values are compared exactly.
 *
 * @param scope  Only elements inside this one, itself excluded; null: the whole tree.
 * @returns      In reading order, without repeats.
 *
 * Pure. Only the elements that carry the class, name or attribute at the selector's end are tested.
 */
export function select(tree: PageTree, selector: string, scope: TreeElement | null = null): readonly TreeElement[] {
  const alternatives = compileSelector(selector);
  const only = alternatives[0];
  if (only !== undefined && alternatives.length === 1) return selectOne(tree, only, scope);
  const found = alternatives.flatMap((alternative) => selectOne(tree, alternative, scope));
  return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a.order - b.order);
}

function selectOne(tree: PageTree, alternative: CompiledSelector, scope: TreeElement | null): readonly TreeElement[] {
  const candidates = candidatesFor(tree, alternative.key);
  if (candidates.length === 0) return NONE;
  const found: TreeElement[] = [];
  const lastOrder = scope?.lastOrder ?? Number.POSITIVE_INFINITY;
  for (let at = scope === null ? 0 : firstInside(candidates, scope); at < candidates.length; at += 1) {
    const element = candidates[at];
    if (element === undefined || element.order > lastOrder) break;
    if (alternative.isKey || alternative.matches(element)) found.push(element);
  }
  return found;
}

/** @returns where the first element after the scope's own stands among elements in reading order. */
function firstInside(elements: readonly TreeElement[], scope: TreeElement): number {
  let from = 0;
  let to = elements.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((elements[middle]?.order ?? 0) > scope.order) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** @returns what the first selector that finds anything finds; selectors stand most likely first. */
export function selectFirst(
  tree: PageTree,
  selectors: readonly string[],
  scope: TreeElement | null = null,
): readonly TreeElement[] {
  for (const selector of selectors) {
    const found = select(tree, selector, scope);
    if (found.length > 0) return found;
  }
  return NONE;
}

/** @returns whether the element itself matches the selector. */
export function matches(element: TreeElement, selector: string): boolean {
  for (const alternative of compileSelector(selector)) {
    if (mayCarry(element, alternative.key) && alternative.matches(element)) return true;
  }
  return false;
}

/** Told without the selector itself; errs towards yes. */
function mayCarry(element: TreeElement, { kind, name }: Key): boolean {
  if (kind === 'attributes') return attributeOf(element, name) !== null;
  return kind === 'names' || (attributeOf(element, 'class')?.includes(name) ?? false);
}

function compileSelector(selector: string): readonly CompiledSelector[] {
  const known = compiled.get(selector);
  if (known !== undefined) return known;
  const alternatives = selector.split(',').map((alternative) => {
    const text = alternative.trim();
    const key = keyOf(text);
    // Most selectors never meet an element that carries their key, and compiling all takes as long as reading fifty pages.
    let test: ((element: TreeElement) => boolean) | null = null;
    const matches = (element: TreeElement): boolean =>
      (test ??= compile<TreeNode, TreeElement>(text, { adapter, xmlMode: true }))(element);
    const { name } = key;
    return { matches, key, isKey: [name, `.${name}`, `[${name}]`].includes(text) };
  });
  compiled.set(selector, alternatives);
  return alternatives;
}

/** Of `ul .tag[data-id]` it is the class, of `li` the name, of `[itemprop=name]` the attribute. */
function keyOf(selector: string): Key {
  const last =
    selector
      .replace(/(\[[^[\]=^*]+)(?:[=^*][^[\]]*)?\]/g, '$1]')
      .split(' ')
      .at(-1) ?? '';
  const [name = '', ...attributes] = last.split('[');
  const className = /\.([^.]+)/.exec(name)?.[1];
  if (className !== undefined) return { kind: 'classes', name: className };
  return name === '' ? { kind: 'attributes', name: attributes[0]?.slice(0, -1) ?? '' } : { kind: 'names', name };
}

function candidatesFor(tree: PageTree, { kind, name }: Key): readonly TreeElement[] {
  const index = indexOf(tree);
  const known = index[kind].get(name);
  if (known !== undefined || kind !== 'attributes') return known ?? NONE;
  const carriers = tree.elements.filter((element) => attributeOf(element, name) !== null);
  index.attributes.set(name, carriers);
  return carriers;
}

function addElement(lists: Map<string, TreeElement[]>, key: string, element: TreeElement): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [element]);
  else if (list[list.length - 1] !== element) list.push(element);
}

function indexOf(tree: PageTree): ElementIndex {
  const known = tree.found.elements;
  if (known !== null) return known;
  const index: ElementIndex = { names: new Map(), classes: new Map(), attributes: new Map() };
  for (const element of tree.elements) {
    addElement(index.names, element.name, element);
    for (const className of element.classes) addElement(index.classes, className, element);
  }
  tree.found.elements = index;
  return index;
}

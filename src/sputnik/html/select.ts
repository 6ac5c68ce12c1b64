import { compile } from 'css-select';
import { attributeOf, isWithin, type PageTree, type TreeElement } from './page-tree.js';

type TreeNode = TreeElement | string;

/** A selector without commas. */
interface CompiledSelector {
  readonly matches: (element: TreeElement) => boolean;
  /** What every element that matches carries; see `candidatesFor`. */
  readonly key: string;
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
  const [only] = alternatives;
  if (only !== undefined && alternatives.length === 1) return selectOne(tree, only, scope);
  const found = alternatives.flatMap((alternative) => selectOne(tree, alternative, scope));
  return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a.order - b.order);
}

function selectOne(tree: PageTree, alternative: CompiledSelector, scope: TreeElement | null): readonly TreeElement[] {
  const candidates = candidatesFor(tree, alternative.key);
  if (candidates.length === 0) return NONE;
  const found: TreeElement[] = [];
  for (const element of candidates) {
    if (scope !== null && (element === scope || !isWithin(element, scope))) continue;
    if (alternative.isKey || alternative.matches(element)) found.push(element);
  }
  return found;
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
function mayCarry(element: TreeElement, key: string): boolean {
  if (key.startsWith('[')) return attributeOf(element, key.slice(1)) !== null;
  if (key.startsWith('.')) return attributeOf(element, 'class')?.includes(key.slice(1)) ?? false;
  return true;
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
    return { matches, key, isKey: text === key || text === `${key}]` };
  });
  compiled.set(selector, alternatives);
  return alternatives;
}

/** Of `ul .tag[data-id]` it is `.tag`, of `li` it is `li`, of `[itemprop=name]` it is `[itemprop`. */
function keyOf(selector: string): string {
  const last =
    selector
      .replace(/(\[[^[\]=^*]+)(?:[=^*][^[\]]*)?\]/g, '$1]')
      .split(' ')
      .at(-1) ?? '';
  const [name = '', ...attributes] = last.split('[');
  const className = /\.[^.]+/.exec(name)?.[0];
  return className ?? (name === '' ? `[${attributes[0]?.slice(0, -1) ?? ''}` : name);
}

function candidatesFor(tree: PageTree, key: string): readonly TreeElement[] {
  const index = indexOf(tree);
  const known = index.get(key);
  if (known !== undefined || !key.startsWith('[')) return known ?? NONE;
  const carriers = tree.elements.filter((element) => attributeOf(element, key.slice(1)) !== null);
  index.set(key, carriers);
  return carriers;
}

/** Elements by their name and by `.` and each class, in reading order; by `[` and an attribute's name once it was asked for. */
function indexOf(tree: PageTree): Map<string, readonly TreeElement[]> {
  const known = tree.found.elements;
  if (known !== null) return known;
  const index = new Map<string, TreeElement[]>();
  const add = (key: string, element: TreeElement): void => {
    const list = index.get(key);
    if (list === undefined) index.set(key, [element]);
    else if (list.at(-1) !== element) list.push(element);
  };
  for (const element of tree.elements) {
    add(element.name, element);
    for (const className of element.classes) add(`.${className}`, element);
  }
  tree.found.elements = index;
  return index;
}

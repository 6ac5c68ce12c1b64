import { attributeOf, isWithin, type PageTree, type TreeElement } from './page-tree.js';

/** One `name.class[attribute=value]` of a selector. */
interface Compound {
  readonly name: string | null;
  readonly classes: readonly string[];
  readonly attributes: readonly AttributeTest[];
}

interface AttributeTest {
  readonly name: string;
  readonly operator: '' | '=' | '^=' | '*=';
  readonly value: string;
}

interface TreeIndex {
  readonly byClass: ReadonlyMap<string, readonly TreeElement[]>;
  readonly byName: ReadonlyMap<string, readonly TreeElement[]>;
  /** Attribute name → elements that carry it; filled as selectors ask. */
  readonly byAttribute: Map<string, readonly TreeElement[]>;
}

/** Grows by the selectors that stand in the code, no further. */
const compiled = new Map<string, readonly (readonly Compound[])[]>();
const indexes = new WeakMap<PageTree, TreeIndex>();
const NONE: readonly TreeElement[] = [];

/**
 * Finds elements by a selector: compounds of name, classes and attribute tests (`[a]`, `[a=v]`, `[a^=v]`, `[a*=v]`),
 * a blank between them meaning "inside", a comma "or". Class names and values are matched exactly.
 *
 * @param scope  Only elements inside this one, itself excluded; null: the whole tree.
 * @returns      In reading order, without repeats.
 *
 * Pure. Costs what the elements that carry the last compound's class or name cost, not what the tree costs.
 */
export function select(tree: PageTree, selector: string, scope: TreeElement | null = null): readonly TreeElement[] {
  const alternatives = compileSelector(selector);
  const [only] = alternatives;
  if (only !== undefined && alternatives.length === 1) return selectCompounds(tree, only, scope);
  const found = new Set(alternatives.flatMap((compounds) => selectCompounds(tree, compounds, scope)));
  return [...found].sort((a, b) => a.order - b.order);
}

function selectCompounds(
  tree: PageTree,
  compounds: readonly Compound[],
  scope: TreeElement | null,
): readonly TreeElement[] {
  const last = compounds[compounds.length - 1];
  if (last === undefined) return NONE;
  const candidates = candidatesFor(tree, last);
  if (candidates.length === 0) return NONE;
  return candidates.filter(
    (element) =>
      element !== scope && (scope === null || isWithin(element, scope)) && matchesCompounds(element, compounds),
  );
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
  return compileSelector(selector).some((compounds) => matchesCompounds(element, compounds));
}

/** @returns the class names of the element, as written. */
export function classesOf(element: TreeElement): readonly string[] {
  const value = attributeOf(element, 'class');
  return value === null || value === '' ? [] : value.split(/[ \t\n\f\r]+/);
}

function matchesCompounds(element: TreeElement, compounds: readonly Compound[]): boolean {
  let at = compounds.length - 1;
  const last = compounds[at];
  if (last === undefined || !matchesCompound(element, last)) return false;
  at -= 1;
  for (let ancestor = element.parent; at >= 0 && ancestor !== null; ancestor = ancestor.parent) {
    const compound = compounds[at];
    if (compound !== undefined && matchesCompound(ancestor, compound)) at -= 1;
  }
  return at < 0;
}

function matchesCompound(element: TreeElement, compound: Compound): boolean {
  if (compound.name !== null && compound.name !== element.name) return false;
  if (compound.classes.length > 0) {
    const classes = classesOf(element);
    if (!compound.classes.every((wanted) => classes.includes(wanted))) return false;
  }
  return compound.attributes.every((test) => matchesAttribute(element, test));
}

function matchesAttribute(element: TreeElement, test: AttributeTest): boolean {
  const value = attributeOf(element, test.name);
  if (value === null) return false;
  switch (test.operator) {
    case '':
      return true;
    case '=':
      return value === test.value;
    case '^=':
      return value.startsWith(test.value);
    case '*=':
      return value.includes(test.value);
  }
}

function candidatesFor(tree: PageTree, compound: Compound): readonly TreeElement[] {
  const index = indexOf(tree);
  const [className] = compound.classes;
  if (className !== undefined) return index.byClass.get(className) ?? NONE;
  if (compound.name !== null) return index.byName.get(compound.name) ?? NONE;
  const [attribute] = compound.attributes;
  return attribute === undefined ? tree.elements : carriersOf(attribute.name, tree, index);
}

function carriersOf(attribute: string, tree: PageTree, index: TreeIndex): readonly TreeElement[] {
  const known = index.byAttribute.get(attribute);
  if (known !== undefined) return known;
  const carriers = tree.elements.filter((element) => attributeOf(element, attribute) !== null);
  index.byAttribute.set(attribute, carriers);
  return carriers;
}

function indexOf(tree: PageTree): TreeIndex {
  const known = indexes.get(tree);
  if (known !== undefined) return known;
  const byClass = new Map<string, TreeElement[]>();
  const byName = new Map<string, TreeElement[]>();
  for (const element of tree.elements) {
    addTo(byName, element.name, element);
    for (const className of classesOf(element)) addTo(byClass, className, element);
  }
  const index = { byClass, byName, byAttribute: new Map<string, readonly TreeElement[]>() };
  indexes.set(tree, index);
  return index;
}

function addTo(index: Map<string, TreeElement[]>, key: string, element: TreeElement): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [element]);
  else if (list[list.length - 1] !== element) list.push(element);
}

function compileSelector(selector: string): readonly (readonly Compound[])[] {
  const known = compiled.get(selector);
  if (known !== undefined) return known;
  const alternatives = selector.split(',').map((part) => part.trim().split(/ +/).map(compileCompound));
  compiled.set(selector, alternatives);
  return alternatives;
}

function compileCompound(text: string): Compound {
  const plain = text.replace(/\[[^\]]*\]/g, '');
  const [name = '', ...classes] = plain.split('.');
  const attributes = [...text.matchAll(/\[([^\]=^*]+)(\^=|\*=|=)?([^\]]*)\]/g)].map(
    ([, attribute = '', operator = '', value = '']): AttributeTest => ({
      name: attribute,
      operator: operator as AttributeTest['operator'],
      value,
    }),
  );
  return { name: name === '' ? null : name, classes, attributes };
}

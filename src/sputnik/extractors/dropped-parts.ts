import { SILENT_ELEMENTS } from '../html/html-elements.js';
import { attributeOf, type TreeElement } from '../html/page-tree.js';
import type { DroppedParts } from './extractor-specification.js';
import { classesOf } from '../html/select.js';

/** @returns the test for what never is body: by `data-type`, class, beginning of a class, because it is hidden, or because its element holds no text. */
export function isDroppedBy(dropped: DroppedParts): (element: TreeElement) => boolean {
  const dataTypes = new Set(dropped.dataTypes);
  const classes = new Set(dropped.classes);
  const { attributes = [], names = [] } = dropped;
  return (element) => {
    if (SILENT_ELEMENTS.has(element.name) || element.name.startsWith('amp-')) return true;
    if (names.includes(element.name)) return true;
    if (element.attributes.length === 0) return false;
    const dataType = attributeOf(element, 'data-type');
    if (dataType !== null && dataTypes.has(dataType)) return true;
    if (attributeOf(element, 'hidden') !== null) return true;
    if (attributes.some((name) => attributeOf(element, name) !== null)) return true;
    const style = attributeOf(element, 'style');
    if (style !== null && /display\s*:\s*none/i.test(style)) return true;
    return classesOf(element).some(
      (name) => classes.has(name) || dropped.classPrefixes.some((prefix) => name.startsWith(prefix)),
    );
  };
}

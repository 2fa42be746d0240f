import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type YAMLMap } from 'yaml';
import { type ConfigProblem, cut, type Path, renderPath } from './problem.ts';
import { DEEPEST, type Position, parseSyntax, place, tooDeep } from './yaml-syntax.ts';

/** Values of a file, aliases expanded. */
const MOST_VALUES = 200_000;
/** Entries of one list or map; no list of the schema takes more. */
const MOST_ENTRIES = 10_000;

type TreeNode = Position & {
  /** As written, cut. */
  readonly text: string;
  readonly children?: ReadonlyMap<string | number, Child>;
  /** Values below, aliases expanded, itself included. */
  readonly size: number;
  readonly value: unknown;
};
type Child = { readonly key: Position; readonly node: TreeNode };

/** A YAML file as plain values, with the place of each. */
export type YamlTree = {
  readonly value: unknown;
  /** What could be read but may not stay: duplicate keys, tags. */
  readonly problems: readonly ConfigProblem[];
  /** The place and text of a value, or of the nearest ancestor that exists. */
  locate(path: Path, atKey?: boolean): Position & { readonly text: string };
};

/**
 * Reads YAML 1.2 into plain values. Aliases and merge keys are expanded within MOST_VALUES; tags, several documents,
 * `__proto__` keys, nesting beyond 32 levels are problems, not surprises.
 * @returns problems alone when the text can't be read at all.
 */
export function readYaml(text: string): YamlTree | { readonly value: undefined; readonly problems: readonly ConfigProblem[] } {
  const syntax = parseSyntax(text);
  if (!('document' in syntax)) return { value: undefined, problems: syntax };
  const reader = new TreeReader(syntax.lines);
  const root = reader.read(syntax.document.contents, []);
  if (reader.tooLarge) return { value: undefined, problems: reader.problems.slice(-1) };
  return {
    value: root.value,
    problems: reader.problems,
    locate(path, atKey = false) {
      let node = root;
      let key: Position = root;
      for (const part of path) {
        const child = node.children?.get(part);
        if (child === undefined) return { line: node.line, column: node.column, text: '' };
        ({ node, key } = child);
      }
      return { line: (atKey ? key : node).line, column: (atKey ? key : node).column, text: node.text };
    },
  };
}

/** Walks the document once, in its order, so that an alias finds the anchor that precedes it. */
class TreeReader {
  readonly problems: ConfigProblem[] = [];
  tooLarge = false;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, TreeNode>();

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  report(offset: number, path: Path, message: string, value: string, fix: string): void {
    this.problems.push({ path: renderPath(path), ...place(this.#lines, offset), value: cut(value), message, fix });
  }

  read(node: Node | null, path: Path): TreeNode {
    const offset = node?.range?.[0] ?? 0;
    const position = place(this.#lines, offset);
    const nothing: TreeNode = { ...position, text: '', size: 1, value: undefined };
    if (node === null || this.tooLarge) return nothing;
    if (path.length > DEEPEST) {
      this.tooLarge = true;
      this.problems.push(tooDeep(position.line, position.column));
      return nothing;
    }
    if ((isMap(node) || isSeq(node)) && node.items.length > MOST_ENTRIES) {
      this.tooLarge = true;
      this.report(
        offset,
        path,
        `has ${node.items.length} entries, more than the ${MOST_ENTRIES} that are read`,
        '',
        'split it into several calendar files',
      );
      return nothing;
    }
    if (isAlias(node)) return this.#readAlias(node.source, offset, path) ?? nothing;
    if (node.tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag)) {
      this.report(offset, path, `has the tag ${cut(node.tag)}, which has no meaning here`, '', 'write the plain value without a tag');
      return nothing;
    }
    const tree = isMap(node)
      ? this.#readMap(node, position, path)
      : isSeq(node)
        ? this.#readList(node.items as (Node | null)[], position, path)
        : {
            ...position,
            text: cut(isScalar(node) ? scalarText(node.value, node.source) : ''),
            size: 1,
            value: isScalar(node) ? node.value : undefined,
          };
    if (node.anchor !== undefined && !this.tooLarge) this.#anchors.set(node.anchor, tree);
    if (tree.size > MOST_VALUES && !this.tooLarge) {
      this.tooLarge = true;
      this.report(
        offset,
        path,
        `holds more than ${MOST_VALUES} values once its aliases are expanded`,
        '',
        'remove aliases (*name) of aliases',
      );
    }
    return tree;
  }

  #readAlias(name: string, offset: number, path: Path): TreeNode | undefined {
    const target = this.#anchors.get(name);
    if (target === undefined)
      this.report(
        offset,
        path,
        `refers to ${cut(`*${name}`)}, but no &${cut(name)} precedes it`,
        '',
        'put a text that starts with * in quotes',
      );
    return target;
  }

  #readList(items: readonly (Node | null)[], position: Position, path: Path): TreeNode {
    const children = new Map<number, Child>();
    for (const [index, item] of items.entries()) {
      const node = this.read(item, [...path, index]);
      children.set(index, { key: node, node });
    }
    const values = [...children.values()].map((child) => child.node);
    return { ...position, children, size: sizeOf(values), text: summary(values, '[', ']'), value: values.map((node) => node.value) };
  }

  #readMap(map: YAMLMap, position: Position, path: Path): TreeNode {
    const children = new Map<string, Child>();
    const merged = new Map<string, Child>();
    for (const { key, value } of map.items as { key: Node | null; value: Node | null }[]) {
      const offset = key?.range?.[0] ?? 0;
      const name =
        isScalar(key) && key.value !== null ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : undefined;
      if (name === undefined || name === '') {
        this.report(offset, path, 'has a key that is no text', '', 'write `key: value`; put values that contain { or [ in quotes');
        continue;
      }
      if (name === '__proto__') {
        this.report(offset, [...path, name], 'is not a known key', '', 'remove it');
        continue;
      }
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        this.#merge(merged, this.read(value, [...path, name]), offset, path);
        continue;
      }
      const keyPosition = place(this.#lines, offset);
      const first = children.get(name);
      if (first !== undefined) {
        this.report(offset, [...path, name], `is given twice, first on line ${first.key.line}`, '', 'keep one of the two');
        continue;
      }
      const node = this.read(value, [...path, name]);
      // A key without a value has no place of its own worth showing.
      children.set(name, {
        key: keyPosition,
        node: node.value === null || value === null ? { ...node, ...keyPosition, value: null } : node,
      });
    }
    const all = new Map([...merged, ...children]);
    const nodes = [...all].map(([name, child]) => [name, child.node] as const);
    const text = summary(
      nodes.map(([name, node]) => ({ text: `${name}: ${node.text}` })),
      '{ ',
      ' }',
    );
    const value = Object.fromEntries(nodes.map(([name, node]) => [name, node.value]));
    return { ...position, children: all, size: sizeOf(nodes.map(([, node]) => node)), text, value };
  }

  /** `<<: *defaults` or `<<: [*a, *b]`: the map's own keys win, then the earlier ones. */
  #merge(into: Map<string, Child>, from: TreeNode, offset: number, path: Path): void {
    const sources = Array.isArray(from.value) ? [...(from.children?.values() ?? [])].map((child) => child.node) : [from];
    for (const source of sources) {
      if (source.children === undefined || Array.isArray(source.value)) {
        this.report(offset, path, 'merges (<<) something that is no map', source.text, 'write <<: *name of a map');
        continue;
      }
      for (const [name, child] of source.children) if (!into.has(String(name))) into.set(String(name), child);
    }
  }
}

function sizeOf(nodes: readonly TreeNode[]): number {
  return nodes.reduce((sum, node) => sum + node.size, 1);
}

function scalarText(value: unknown, source: string | undefined): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

function summary(parts: readonly { readonly text: string }[], open: string, close: string): string {
  const shown = parts.slice(0, 8).map((part) => part.text);
  return parts.length === 0
    ? `${open}${close}`.replaceAll(' ', '')
    : cut(`${open}${shown.join(', ')}${parts.length > 8 ? ', …' : ''}${close}`);
}

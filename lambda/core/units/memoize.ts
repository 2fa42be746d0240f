/**
 * A pure function of one immutable object, computed once for each object and forgotten with it. What it throws is
 * thrown again on the next call. For values that every tick derives from the same configuration or event.
 */
export function memoizeByIdentity<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}

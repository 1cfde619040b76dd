// Which names a pattern means, decided as the emitter decides it, for those who only want to know.

/** `*` is one part of a name, `**` any number of them. */
export function fits(pattern: string, name: string): boolean {
  const fit = (wanted: readonly string[], parts: readonly string[]): boolean => {
    const [first, ...rest] = wanted;
    if (first === undefined) return parts.length === 0;
    if (first === "**")
      return parts.some((_part, index) => fit(rest, parts.slice(index))) || fit(rest, []);
    return parts.length > 0 && (first === "*" || first === parts[0]) && fit(rest, parts.slice(1));
  };
  return fit(pattern.split("."), name.split("."));
}

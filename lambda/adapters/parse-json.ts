/** What a text says as JSON; undefined when it is none. Servers and load balancers answer errors in plain text, which is for quoting. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SUFFIX = '@foretide';

/** The UID that an event of the table has in an iCalendar: its name, so that an import finds it again. The name is well-formed Unicode. */
export function ownUid(name: string): string {
  return `${encodeURIComponent(name)}${SUFFIX}`;
}

/** The name in a UID of ours; undefined for other UIDs. */
export function nameOfOwnUid(uid: string): string | undefined {
  if (!uid.endsWith(SUFFIX)) return undefined;
  try {
    return decodeURIComponent(uid.slice(0, -SUFFIX.length));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Names that become folder names: of pipelines, stages and profiles. */

const rule = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Windows opens devices under these names, with any extension. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** What is wrong with a name, or undefined. */
export function complaintAboutName(what: string, name: string): string | undefined {
  const shown = name.length > 80 ? `${name.slice(0, 77)}...` : name;
  if (!rule.test(name)) {
    return `${what} must be a-z, 0-9, "_" or "-", begin with a letter or digit and have at most 64 characters, but is "${shown}"`;
  }
  if (reserved.test(name)) return `${what} must not be "${name}": Windows keeps it for a device`;
  return undefined;
}

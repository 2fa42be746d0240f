import { CLIENT_SCRIPT } from './generated/client-script.ts';
import { escapeHtml } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { hashBase64 } from './sha256.ts';

export type PageDocument = {
  readonly title: string;
  readonly generatedBy: string;
  /** HTML of the body. */
  readonly body: string;
  /** Style rules beside those of every page. */
  readonly style?: string;
  /** A script of the page's own, run after the one that makes pictures answer; it may call `foretideCharts`. */
  readonly script?: string;
  /** Where that script may send requests, e.g. `'self'`; nowhere when left out. */
  readonly connectTo?: string;
};

/**
 * A whole HTML page that needs nothing but itself: its policy forbids every request, every script but ours, and styles from elsewhere.
 * Pictures in it ({@link renderFigure}) answer the reader where scripts run, and are there where they don't.
 */
export function renderDocument({ title, generatedBy, body, style = '', script = '', connectTo }: PageDocument): string {
  const styles = `${PAGE_STYLE}${style}`;
  const scripts = [...(body.includes('data-picture=') ? [CLIENT_SCRIPT] : []), ...(script === '' ? [] : [script])];
  if (scripts.some((each) => /<\/script|<!--/i.test(each))) throw new Error('a script would end the element that it stands in');
  const sources = scripts.map((each) => `'sha256-${hashBase64(each)}'`);
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hashBase64(styles)}'`,
    ...(sources.length === 0 ? [] : [`script-src ${sources.join(' ')}`]),
    ...(connectTo === undefined ? [] : [`connect-src ${connectTo}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy).replaceAll('&#39;', "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${escapeHtml(generatedBy)}">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
${body}
${scripts.map((each) => `<script>${each}</script>`).join('\n')}
</body>
</html>
`;
}

/** The policy that a page of {@link renderDocument} carries, for a server that sends it as a header too. */
export function policyOf(page: string): string {
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
  if (policy === undefined) throw new Error('the page carries no policy');
  return policy;
}

import { parseArgs } from 'node:util';
import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { withoutSlashes } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { isEncrypted, siteOrigin } from '../../../nodes/CxoneExpert/api/site-url.ts';

export const USAGE = `Asks an Expert site what docs/vendor-facts.md assumes and the package depends on.

  npm run probe -- --site https://help.example.com [--below PATH] [--webhook URL]

  --site URL        the site
  --below PATH      may write below this page, such as Sandbox/Probe: makes a draft there, publishes,
                    edits, tags, moves and deletes it. Without it, the probe only reads
  --webhook URL     registers a webhook with this address, of a tunnel to this machine, and removes it;
                    with --below this takes three minutes
  --port N          where the tunnel leads to on this machine (default 5680)
  --patience N      seconds to wait for the deliveries of each change (default 10)

The token comes from the environment:
  CXONE_EXPERT_TOKEN                                      a long-term token (JWT), or
  CXONE_EXPERT_TOKEN_KEY, CXONE_EXPERT_TOKEN_SECRET and
  CXONE_EXPERT_TOKEN_USER                                 a server token and the user that it runs as
  CXONE_EXPERT_SIGNING_SECRET                             if you have it: it is tried on the deliveries

What the probe makes has "cxoneexpertprobe" in its path. It removes it, also on Ctrl-C; after a kill -9,
the next run with the same arguments does. Deleted pages stay in the archive of the site: the API cannot
empty it. The report goes to the standard output, progress does not; it holds no content, name, address
or token of the site.

Ends with 0 when all is through, 1 when it could not begin, 3 when something was left at the site, 130 or
143 when it was interrupted.
`;

/** Why the probe does not start. */
export class Refusal extends Error {}

export interface ProbeOptions {
	/** Its origin. */
	site: string;
	credential: ExpertCredential;
	/** Path of the page below which the probe may write; the home page has the empty one. */
	below?: string;
	/** Address for the site's deliveries; leads to `port` of this machine. */
	webhook?: string;
	port: number;
	/** Ms to wait for the deliveries of each change. */
	patienceMs: number;
}

/** @throws Refusal, which never repeats what was entered: it may be a token */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): ProbeOptions | 'help' {
	const { below, webhook, help, ...given } = readArguments(args);
	if (help) return 'help';
	const site = readSite(given.site);
	return {
		site,
		credential: { siteUrl: site, ...readCredential(env) },
		...(below === undefined ? {} : { below: pathIn(below) }),
		...(webhook === undefined ? {} : { webhook: readWebhook(webhook) }),
		port: wholeNumber('port', given.port),
		patienceMs: wholeNumber('patience', given.patience) * 1000,
	};
}

function readArguments(args: string[]) {
	const names = ['site', 'below', 'webhook', 'port', 'patience'] as const;
	const texts = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
	try {
		const { values } = parseArgs({ args, options: { ...texts, help: { type: 'boolean' } } });
		return values as Partial<Record<(typeof names)[number], string>> & { help?: boolean };
	} catch {
		throw new Refusal(
			'An argument is unknown or lacks its value: --help lists them. Tokens come from the environment, never from the command line.',
		);
	}
}

function readSite(text: string | undefined): string {
	const origin = siteOrigin(text);
	if (origin === undefined) throw new Refusal('Name the site: --site https://help.example.com');
	if (isEncrypted(origin)) return origin;
	throw new Refusal('The address of the site begins with http: the token would travel unencrypted. Use https.');
}

function readCredential(env: NodeJS.ProcessEnv): ExpertCredential {
	const read = (name: string) => env[`CXONE_EXPERT_${name}`]?.trim() ?? '';
	const [longTermToken, signingSecret] = [read('TOKEN'), read('SIGNING_SECRET')];
	const [tokenKey = '', tokenSecret = '', runAsUser = ''] = ['KEY', 'SECRET', 'USER'].map((name) =>
		read(`TOKEN_${name}`),
	);
	const parts = [tokenKey, tokenSecret, runAsUser].filter(Boolean).length;
	if (longTermToken && parts === 0) {
		return { authentication: 'jwt', longTermToken, signingSecret };
	}
	if (!longTermToken && parts === 3) {
		return { authentication: 'serverToken', tokenKey, tokenSecret, runAsUser, signingSecret };
	}
	throw new Refusal(
		'Put one token into the environment: CXONE_EXPERT_TOKEN, or CXONE_EXPERT_TOKEN_KEY with CXONE_EXPERT_TOKEN_SECRET and CXONE_EXPERT_TOKEN_USER.',
	);
}

/** People also paste the address of the page. */
function pathIn(text: string): string {
	const path = URL.canParse(text) ? decodeURIComponent(new URL(text).pathname) : text;
	return withoutSlashes(path.trim()).replaceAll(' ', '_');
}

function readWebhook(text: string): string {
	if (/^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
	throw new Refusal(
		'--webhook takes the address of a tunnel to this machine, without a query, such as https://something.tunnel.example',
	);
}

function wholeNumber(name: 'port' | 'patience', text?: string): number {
	const number = text ?? { port: '5680', patience: '10' }[name];
	if (/^\d{1,5}$/.test(number)) return Number(number);
	throw new Refusal(`--${name} takes a whole number.`);
}

import { parseArgs } from 'node:util';
import type { ExpertCredential } from '../../../nodes/CxoneExpert/api/credential.ts';
import { withoutSlashes } from '../../../nodes/CxoneExpert/api/path-segment.ts';
import { isEncrypted, siteOrigin } from '../../../nodes/CxoneExpert/api/site-url.ts';

export const USAGE = `Looks at an Expert site, and says which assumptions of docs/vendor-facts.md hold there.

  npm run probe -- --site https://help.example.com [--below PATH] [--webhook URL]

  --site URL        the site
  --below PATH      may write below this page, such as Sandbox/Probe: makes a draft there, publishes,
                    edits, tags, moves and deletes it. Without it, the probe only reads
  --webhook URL     registers a webhook with this address, of a tunnel to this machine, and removes it;
                    with --below this takes five minutes
  --port N          where the tunnel leads to on this machine (default 5680)
  --patience N      seconds without a delivery after which none is expected (default 10)
  --out FILE        writes the report there, too
  --clean-up        only removes what a probe that was killed has left

The token comes from the environment:
  CXONE_EXPERT_TOKEN                                      a long-term token (JWT), or
  CXONE_EXPERT_TOKEN_KEY, CXONE_EXPERT_TOKEN_SECRET and
  CXONE_EXPERT_TOKEN_USER                                 a server token and the user that it runs as
  CXONE_EXPERT_SIGNING_SECRET                             if you have it: it is tried on the deliveries

What the probe makes has "cxoneexpertprobe" in its path. It removes it, also on Ctrl-C; after a kill -9,
the next run with the same arguments does. Deleted pages stay in the archive of the site: the API cannot
empty it. The report holds no content, name, address or token of the site.

Ends with 0 when all is through, 1 when it could not begin, 2 when a part could not be looked at, 3 when
something was left at the site, 130 or 143 when it was interrupted.
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
	/** Ms without a delivery after which none is expected. */
	patienceMs: number;
	out?: string;
	cleanUp: boolean;
}

/** @throws Refusal, which never repeats what was entered: it may be a token */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): ProbeOptions | 'help' {
	const given = readArguments(args);
	if (given.help) return 'help';
	const { below, webhook, out, 'clean-up': cleanUp } = given;
	return {
		site: readSite(given.site),
		credential: { siteUrl: readSite(given.site), ...readCredential(env) },
		...(below === undefined ? {} : { below: pathIn(below) }),
		...(webhook === undefined ? {} : { webhook: readWebhook(webhook) }),
		port: wholeNumber('port', given.port, 1, 65_535),
		patienceMs: wholeNumber('patience', given.patience, 0, 600) * 1000,
		...(out === undefined ? {} : { out }),
		cleanUp,
	};
}

function readArguments(args: string[]) {
	try {
		return parseArgs({
			args,
			options: {
				site: { type: 'string' },
				below: { type: 'string' },
				webhook: { type: 'string' },
				port: { type: 'string', default: '5680' },
				patience: { type: 'string', default: '10' },
				out: { type: 'string' },
				'clean-up': { type: 'boolean', default: false },
				help: { type: 'boolean', default: false },
			},
		}).values;
	} catch {
		throw new Refusal(
			'An argument is unknown or lacks its value: --help lists them. Tokens come from the environment, never from the command line.',
		);
	}
}

function readSite(text: string | undefined): string {
	const origin = siteOrigin(text);
	if (origin === undefined) {
		throw new Refusal('Name the site: --site https://help.example.com');
	}
	if (isEncrypted(origin)) return origin;
	throw new Refusal(
		'The address of the site begins with http: the token would travel unencrypted. Use https.',
	);
}

function readCredential(env: NodeJS.ProcessEnv): ExpertCredential {
	const [jwt, tokenKey, tokenSecret, runAsUser, signingSecret] = [
		'TOKEN',
		'TOKEN_KEY',
		'TOKEN_SECRET',
		'TOKEN_USER',
		'SIGNING_SECRET',
	].map((name) => env[`CXONE_EXPERT_${name}`]?.trim() ?? '');
	const serverToken = [tokenKey, tokenSecret, runAsUser].filter(Boolean).length;
	if (jwt && serverToken === 0) {
		return { authentication: 'jwt', longTermToken: jwt, signingSecret };
	}
	if (!jwt && serverToken === 3) {
		return { authentication: 'serverToken', tokenKey, tokenSecret, runAsUser, signingSecret };
	}
	throw new Refusal(
		'Put one token into the environment: CXONE_EXPERT_TOKEN, or CXONE_EXPERT_TOKEN_KEY with CXONE_EXPERT_TOKEN_SECRET and CXONE_EXPERT_TOKEN_USER.',
	);
}

/** People also paste the address of the page. */
function pathIn(text: string): string {
	const path = /^https?:/i.test(text) ? safelyDecoded(new URL(text).pathname) : text;
	return withoutSlashes(path.trim()).replaceAll(' ', '_');
}

function safelyDecoded(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}

function readWebhook(text: string): string {
	const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
	if (isAddress && new URL(text).search === '') return text.replace(/\/+$/, '');
	throw new Refusal(
		'--webhook takes the address of a tunnel to this machine, without a query, such as https://something.tunnel.example',
	);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
	const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (number >= min && number <= max) return number;
	throw new Refusal(`--${name} takes a whole number from ${min} to ${max}.`);
}

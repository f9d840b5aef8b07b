import { createHmac } from 'node:crypto';
import { bareToken } from '../../../../nodes/CxoneExpert/api/credential.ts';
import type { XmlValue } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { DELIVERY_HEADERS } from '../../../../nodes/CxoneExpert/protocol/headers.ts';
import { shownName } from '../forms.mts';
import type { Delivery } from '../listener.mts';
import type { Seen } from '../seen.mts';

/*
 * Which key signs the deliveries. No public source says where it comes from, so everything the site
 * said about the webhook is tried, and what the probe knows itself. The nodes never guess.
 */

/** The name of the secret in the environment: what is assumed. */
export const GIVEN = 'CXONE_EXPERT_SIGNING_SECRET';

/** A candidate for the key, and its source. */
interface Candidate {
	name: string;
	value: string;
}

/** How a delivery is signed. */
export interface Signing {
	/** Source of the key; a site can reveal it in several places. */
	keys: string[];
	/** How the bytes of the key are written. */
	spelling: string;
	/** What is signed. */
	text: string;
	digest: string;
}

/** The steps whose responses say something of the webhook, and the calls behind them. */
const ABOUT_WEBHOOK: Record<string, string> = {
	create: 'POST /webhooks',
	listed: 'GET /webhooks',
	webhook: 'GET /webhooks/{id}',
	update: 'PUT /webhooks/{id}',
	'event-again': 'PUT /webhooks/{id}/events/{type}',
};

/** All candidates for the key, the assumed one first. */
export function candidatesOf(seen: Seen): Candidate[] {
	const { credential, own } = seen;
	const known: Candidate[] = [
		{ name: GIVEN, value: credential.signingSecret ?? '' },
		{ name: 'authorization-header', value: own.authorization },
		{ name: 'authorization-header without its scheme', value: own.authorization.slice(7) },
		{ name: 'the long-term token', value: bareToken(credential) },
		{ name: 'the key of the server token', value: credential.tokenKey ?? '' },
		{ name: 'the secret of the server token', value: credential.tokenSecret ?? '' },
		{ name: 'the site', value: new URL(credential.siteUrl!).host },
		{ name: 'the address of the webhook', value: seen.webhookUrl },
	];
	const said = Object.entries(ABOUT_WEBHOOK).flatMap(([step, call]) => saidIn(seen, step, call));
	return [...known, ...said].filter(({ value }) => value !== '');
}

function saidIn(seen: Seen, step: string, call: string): Candidate[] {
	const response = seen.of(step);
	if (response === undefined) return [];
	const { headers, document } = response;
	const inHeaders = Object.entries(headers).map(([name, value]) => {
		const known = /^x-(nexus|deki|mindtouch)-[\w-]+$/.test(name) ? name : 'another header';
		return { name: `${call}: ${known}`, value };
	});
	const inDocument = document ? textsIn(shownName(document.name), document.root) : [];
	return [
		...inHeaders,
		...inDocument.map(({ name, value }) => ({ name: `${call}: ${name}`, value })),
	];
}

function textsIn(name: string, value: XmlValue): Candidate[] {
	if (typeof value === 'string') return [{ name, value }];
	if (Array.isArray(value)) return value.flatMap((each) => textsIn(name, each));
	return Object.entries(value).flatMap(([part, each]) => {
		if (part === '#text') return textsIn(name, each);
		return textsIn(`${name}/${shownName(part)}`, each);
	});
}

/** How one delivery is signed; `undefined` when none of the keys has done it. */
export function signingOf(delivery: Delivery, candidates: Candidate[]): Signing | undefined {
	const signature = delivery.headers[DELIVERY_HEADERS.signature] ?? '';
	const digest = signature.replace(/^sha256=/i, '');
	const texts = Object.entries(textsOf(delivery));
	for (const { value } of candidates) {
		for (const [spelling, key] of Object.entries(spellingsOf(value))) {
			for (const [text, parts] of texts) {
				const found = matchOf(digest, key, parts);
				const keys = () => candidates.filter((each) => each.value === value);
				if (found !== undefined) {
					return { keys: keys().map(({ name }) => name), spelling, text, digest: found };
				}
			}
		}
	}
	return undefined;
}

/** The assumed one first. */
function textsOf({ headers, body }: Delivery): Record<string, Array<string | Buffer>> {
	const time = headers[DELIVERY_HEADERS.timestamp] ?? '';
	const id = headers[DELIVERY_HEADERS.deliveryId] ?? '';
	return {
		'{timestamp}.{payload}': [`${time}.`, body],
		'{timestamp}{payload}': [time, body],
		'{payload}': [body],
		'{id}.{timestamp}.{payload}': [`${id}.${time}.`, body],
		'{timestamp}.{payload without white space around it}': [`${time}.`, body.toString().trim()],
	};
}

function spellingsOf(value: string): Record<string, Buffer> {
	const bare = value.replace(/^whsec_/, '');
	return {
		'as it is': Buffer.from(value),
		...(/^[\da-f-]{16,}$/i.test(value)
			? {
					'without dashes': Buffer.from(value.replaceAll('-', '')),
					'from hex': Buffer.from(value.replaceAll('-', ''), 'hex'),
				}
			: {}),
		...(/^[\w+/=-]{16,}$/.test(bare) ? { 'from base64': Buffer.from(bare, 'base64') } : {}),
	};
}

function matchOf(digest: string, key: Buffer, parts: Array<string | Buffer>): string | undefined {
	const hmac = createHmac('sha256', key);
	for (const part of parts) hmac.update(part);
	const bytes = hmac.digest();
	if (digest === bytes.toString('hex')) return 'lower-case hex';
	if (digest.toLowerCase() === bytes.toString('hex')) return 'hex';
	return digest === bytes.toString('base64') ? 'base64' : undefined;
}

import { attribute, child, type XmlElement, type XmlValue } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { DELIVERY_HEADERS } from '../../../../nodes/CxoneExpert/protocol/headers.ts';
import { isSignedWithAny, readSignatures, readTimestamp } from '../../../../nodes/CxoneExpert/protocol/signature.ts';
import { code, elementForm, shownName } from '../forms.mts';
import { either, judged, type Judge, type Questions, type Verdict } from '../question.mts';
import type { Seen } from '../seen.mts';

const DAY_MS = 86_400_000;

/** What the deliveries of the other questions' changes tell. */
export const deliveries: Questions = {
	'delivery-authorization': {
		statement: 'The header is this stored text.',
		judge: ({ deliveries: [first], own }) => {
			if (first === undefined) return undefined;
			const { authorization } = first.headers;
			const otherwise = authorization === undefined ? 'no such header' : 'another text';
			return judged(authorization === own.authorization, 'the registered text', otherwise);
		},
	},
	'signing-key': {
		statement: 'NiCE names it to the customer, who enters it in the credential.',
		judge: (seen) => {
			const keys = keysIn(seen);
			return keys && judged(keys.includes(GIVEN), keys.map(code).join(', ') || 'none is known');
		},
	},
	'signed-text': {
		statement:
			'`timestamp` is the literal text of `X-Nexus-Timestamp`, `payload` the exact bytes, the digest lower-case.',
		judge: (seen) => {
			const keys = keysIn(seen);
			return keys && judged(keys.length > 0, 'a key signs them', 'no key signs them');
		},
	},
	'timestamp-unit': {
		statement: 'Digits only: seconds; above 1e11 milliseconds.',
		judge: ({ deliveries: [first] }) => {
			const text = first?.headers[DELIVERY_HEADERS.timestamp];
			if (first === undefined || text === undefined) return undefined;
			const at = readTimestamp(text) ?? Number.NaN;
			const isNow = Math.abs(at - first.receivedAt) < DAY_MS;
			if (!isNow) return judged(false, 'no time of now');
			return either(Number(text) === at / 1000, 'seconds', 'milliseconds');
		},
	},
	'event-names-page': {
		statement:
			'Whether a delivery names page, user and file, what `request` says of the caller, and the shape of `page`: either.',
		judge: byEvent((event) => {
			const page = child(event, 'page');
			return either(attribute(page, 'id') !== undefined, elementForm('page', page));
		}, 'page'),
	},
	'request-names-caller': {
		statement:
			'Whether a delivery names page, user and file, what `request` says of the caller, and the shape of `page`: either.',
		judge: byEvent((event) => {
			const request = child(event, 'request');
			return either(child(request, 'user') === undefined, elementForm('request', request));
		}),
	},
};

/** Judges each event of a family by its beginning; what differs in one of them is what counts. */
function byEvent(judge: (event: XmlElement) => Verdict | undefined, family = ''): Judge {
	return ({ events }) => {
		const verdicts = events.filter(({ type }) => type.startsWith(family)).flatMap(({ xml }) => judge(xml) ?? []);
		return verdicts.find(({ verdict }) => verdict !== 'holds') ?? verdicts[0];
	};
}

/** The name of the secret in the environment: what is assumed. */
const GIVEN = 'CXONE_EXPERT_SIGNING_SECRET';

/**
 * The places where a key stands that signs the first delivery. No public source says where it comes
 * from, so everything that the site has said about the webhook is tried. The nodes never guess.
 */
function keysIn({ deliveries: [first], credential, responses }: Seen): string[] | undefined {
	if (first === undefined) return undefined;
	const { signingSecret } = credential;
	const said = ['create', 'webhook', 'update'].flatMap((step) =>
		textsIn(step, responses.get(step)?.document?.root ?? ''),
	);
	const timestamp = first.headers[DELIVERY_HEADERS.timestamp] ?? '';
	const signatures = readSignatures(first.headers[DELIVERY_HEADERS.signature] ?? '');
	const keys = [[GIVEN, signingSecret ?? ''] as const, ...said]
		.filter(([, key]) => key !== '' && isSignedWithAny([key], { timestamp, signatures }, first.body))
		.map(([name]) => name);
	return signingSecret || keys.length > 0 ? keys : undefined;
}

function textsIn(name: string, value: XmlValue): Array<[name: string, text: string]> {
	if (typeof value === 'string') return [[name, value]];
	if (Array.isArray(value)) return value.flatMap((each) => textsIn(name, each));
	return Object.entries(value).flatMap(([part, each]) => textsIn(`${name}/${shownName(part)}`, each));
}

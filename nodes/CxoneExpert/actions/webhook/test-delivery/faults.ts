import type { HttpResponse } from '../../../api/client';
import { isLoopback } from '../../../api/site-url';
import { isCertificateProblem } from '../../../shared/failure-messages';
import { VERIFIED_HEADER } from '../../../shared/test-delivery';
import { type Asked, TEST_TIMEOUT_MS, type TestOutcome } from './send';

/** What a delivery passes on its way, in this order. */
export type Stage =
	| 'address'
	| 'connection'
	| 'certificate'
	| 'trigger'
	| 'headers'
	| 'signature'
	| 'time';

/** Where a delivery gets stuck, and what to do about it, in plain sentences. */
export interface Fault {
	stage: Stage;
	problem: string;
	whatToDo: string;
}

/** Expert waits this long for a response (docs/vendor-facts.md#responses-and-retries). */
const EXPERT_TIMEOUT_MS = 1000;

const SET_WEBHOOK_URL =
	'Set the environment variable WEBHOOK_URL to the public https address of your n8n, restart n8n, then unpublish and publish the workflow.';

/**
 * What is wrong with an address before anything is sent there.
 *
 * @param siteOrigin a site on this machine (a simulator) can call n8n on this machine, too
 */
export function addressFault(url: string, siteOrigin: string | undefined): Fault | undefined {
	const { protocol, hostname } = new URL(url);
	const isForLocalSite = isLoopback(siteOrigin ?? '');
	const stage = 'address';
	if (protocol !== 'https:' && !(isForLocalSite && isLoopback(url))) {
		const problem = 'The address begins with http. Expert delivers to https only.';
		return { stage, problem, whatToDo: SET_WEBHOOK_URL };
	}
	if (isForLocalSite || isPublicHost(hostname)) return undefined;
	const problem = `"${hostname}" is no public address: Expert cannot reach it.`;
	return { stage, problem, whatToDo: SET_WEBHOOK_URL };
}

/** Why no trigger has shown that it is there; `undefined` when one has. */
export function proofFault({ isProven, ...outcome }: Asked): Fault | undefined {
	const { response } = outcome;
	if (isProven) return undefined;
	if (response.status === 0) return connectionFault(response.networkCode ?? '');
	if (!isOfTrigger(response)) return strangerFault(response);
	return response.status === 401 ? NOT_PROVEN : refusalFault(outcome, false);
}

/** Where a delivery that was sent got stuck; `undefined` when the trigger accepted it in time. */
export function deliveryFault(outcome: TestOutcome, isSigned: boolean): Fault | undefined {
	const { response } = outcome;
	if (response.status === 0) return connectionFault(response.networkCode ?? '');
	if (isAccepted(response)) return timeFault(outcome);
	return isOfTrigger(response) ? refusalFault(outcome, isSigned) : strangerFault(response);
}

/** Whether the trigger itself says that it has verified this delivery. */
function isAccepted({ status, headers }: HttpResponse): boolean {
	return status === 200 && VERIFIED_HEADER in headers;
}

function timeFault({ responseMs }: TestOutcome): Fault | undefined {
	if (responseMs < EXPERT_TIMEOUT_MS) return undefined;
	return {
		stage: 'time',
		problem: `The response took ${responseMs} ms. Expert gives up after one second and tries again.`,
		whatToDo:
			'Send the test again. If it stays slow, n8n or the proxy before it needs more power; "Sizing" in the documentation says what helps most.',
	};
}

const BY_NETWORK_CODE: Array<[RegExp, string]> = [
	[/^(ENOTFOUND|EAI_AGAIN)$/, 'The name of the host is not known.'],
	[/^ECONNREFUSED$/, 'Nothing listens at this address.'],
	[/^(ECONNRESET|EPIPE)$/, 'The connection was cut.'],
	[/TIMEDOUT|^ECONNABORTED$/, `There was no response within ${TEST_TIMEOUT_MS / 1000} seconds.`],
	[/^/, 'n8n could not connect to this address.'],
];

function connectionFault(code: string): Fault {
	if (isCertificateProblem(code)) {
		return {
			stage: 'certificate',
			problem: `The certificate of the address is not trusted (${code}).`,
			whatToDo:
				'Give the proxy before n8n a certificate of a public authority that is valid today and for this host name, and have it send the whole chain.',
		};
	}
	const [, problem = ''] = BY_NETWORK_CODE.find(([pattern]) => pattern.test(code)) ?? [];
	return {
		stage: 'connection',
		problem,
		whatToDo:
			'Check that the host name, the firewall and the proxy lead to n8n. Some networks do not let a machine call its own public address, and n8n can be told not to call internal addresses: in that case the Expert Dashboard shows whether deliveries arrive.',
	};
}

/** The trigger's refusals have no body; proxies and n8n itself say something. */
function isOfTrigger({ status, headers, body }: HttpResponse): boolean {
	const isPlain = body === '' && headers['www-authenticate'] === undefined;
	return isPlain && [400, 401, 413, 503].includes(status);
}

function refusalFault({ response, isTokenAccepted }: TestOutcome, isSigned: boolean): Fault {
	switch (response.status) {
		case 400:
			return {
				stage: 'headers',
				problem: 'The trigger did not get the X-Nexus headers of the delivery (400).',
				whatToDo: 'Have the proxy before n8n pass on all headers that begin with X-Nexus.',
			};
		case 401:
			if (isTokenAccepted !== true) return WRONG_TOKEN;
			return isSigned ? WRONG_SECRET : NO_SECRET;
		case 413:
			return {
				stage: 'trigger',
				problem: 'n8n takes no body as large as that of a delivery (413).',
				whatToDo: 'Raise the environment variable N8N_PAYLOAD_SIZE_MAX and restart n8n.',
			};
		default:
			return {
				stage: 'trigger',
				problem: 'n8n was too busy to respond in time (503), so Expert would try again.',
				whatToDo: 'Send the test again. If that happens often, see "Sizing" in the documentation.',
			};
	}
}

const NOT_PROVEN: Fault = {
	stage: 'headers',
	problem:
		'The address responds (401), but it is not a trigger with this credential. No token was sent.',
	whatToDo:
		'Choose the same CXone Expert API credential in the trigger and in this node. If it is the same, let the proxy in front of n8n pass on all headers that begin with X-Nexus, and set WEBHOOK_URL to the same address in all n8n processes.',
};

const WRONG_TOKEN: Fault = {
	stage: 'headers',
	problem: 'The trigger did not get the Authorization value that it expects (401).',
	whatToDo:
		'Choose the same CXone Expert API credential in the trigger and in this node: the trigger may expect another Delivery Token, or that of another API token. If it is the same, have the proxy before n8n pass on the Authorization header.',
};

const WRONG_SECRET: Fault = {
	stage: 'signature',
	problem: 'The trigger did not accept the signature (401).',
	whatToDo:
		'Choose the same CXone Expert API credential in the trigger and in this node: the trigger expects another Signing Secret. If it is the same, the proxy before n8n changes the body of requests.',
};

const NO_SECRET: Fault = {
	stage: 'signature',
	problem:
		'The credential of this node has no Signing Secret, and the trigger expects a signature.',
	whatToDo: 'Enter the Signing Secret of your site in the CXone Expert API credential.',
};

/** What responds in place of the trigger: n8n without it, a proxy, a firewall, another program. */
function strangerFault(response: HttpResponse): Fault {
	const { status, body } = response;
	const fault = (problem: string, whatToDo: string): Fault => ({
		stage: 'trigger',
		problem: `${problem} (${status}).`,
		whatToDo,
	});
	if (/n8n is starting up/i.test(body)) {
		return fault('n8n is starting', 'Send the test again in a minute.');
	}
	if (status === 404 && /is not registered/.test(body)) {
		return fault(
			'n8n does not listen at this address',
			'Publish the workflow of the trigger. If it is published, unpublish and publish it: its address has changed.',
		);
	}
	if (status >= 300 && status < 400) {
		return fault(
			`The address redirects to ${originOf(response) ?? 'another address'}, and Expert's delivery would end there`,
			'Register the address without a redirect: set WEBHOOK_URL to the address that n8n has in the end, or have the proxy pass /webhook/ on to n8n without a sign-in.',
		);
	}
	const [problem, whatToDo] = BY_STATUS.get(status) ?? OTHER_STATUS;
	return fault(problem, whatToDo);
}

const LET_THROUGH =
	'Have the proxy or firewall before n8n let POST requests to /webhook/ through, without a sign-in.';
const REACH_N8N = 'Check that n8n runs and that the proxy leads to its port, then send it again.';

const OTHER_STATUS: [string, string] = [
	'Something other than the trigger responded',
	'Look at what stands before n8n, and whether another workflow uses the address. After an update of this package, restart n8n.',
];

const BY_STATUS = new Map<number, [string, string]>([
	[401, ['The proxy before n8n asks for a sign-in', LET_THROUGH]],
	[403, ['The proxy or firewall before n8n did not allow the delivery', LET_THROUGH]],
	[404, ['The proxy before n8n does not pass the address on', LET_THROUGH]],
	[405, ['The proxy before n8n does not allow POST', LET_THROUGH]],
	[407, ['The proxy before n8n asks for a sign-in', LET_THROUGH]],
	[
		413,
		[
			'The proxy before n8n takes no body as large as that of a delivery',
			'Raise its limit: in nginx that is client_max_body_size.',
		],
	],
	[429, ['The proxy before n8n limits how many requests come', LET_THROUGH]],
	[502, ['The proxy does not reach n8n', REACH_N8N]],
	[503, ['The proxy does not reach n8n', REACH_N8N]],
	[504, ['The proxy does not reach n8n in time', REACH_N8N]],
]);

/** Only where it leads: the rest of such an address can hold a secret. */
function originOf({ headers }: HttpResponse): string | undefined {
	const { location } = headers;
	return typeof location === 'string' && URL.canParse(location)
		? new URL(location).origin
		: undefined;
}

/** Private networks, the machine itself and its own link (RFC 1918, 3927, 6598). */
const PRIVATE_IPV4 =
	/^(0|10|127|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;

/** The same (RFC 4193, 4291), and IPv4 in another form. */
const PRIVATE_IPV6 = /^\[(::1?|(f[cd]|fe[89ab])[\da-f]*:.*|::ffff:.*)\]$/i;

/** Names that only a private network knows (RFC 6761, 6762, 8375, and ICANN's `.internal`). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test)\.?$/i;

/**
 * Whether a host can be reached from the internet, as far as its name tells: a public name can still
 * lead to a private network.
 *
 * @param hostname as `URL` gives it, with brackets around IPv6
 */
export function isPublicHost(hostname: string): boolean {
	const isPrivate = [PRIVATE_IPV4, PRIVATE_IPV6, PRIVATE_NAME].some((each) => each.test(hostname));
	return !isPrivate && (hostname.includes('.') || hostname.startsWith('['));
}

import type { HttpResponse } from '../../../api/client';
import { isCertificateProblem, networkMessage } from '../../../api/expert-error';
import { isLoopback, isPublicHost } from '../../../api/site-url';
import { EXPERT_TIMEOUT_MS } from '../../../protocol/deadlines';
import { PASS_ON_HEADERS, RAISE_BODY_LIMIT } from '../../../protocol/rejection';
import { VERIFIED_HEADER } from '../../../protocol/test-delivery';
import { type Asked, TEST_TIMEOUT_MS, type TestOutcome } from './send';

/** Stages of a delivery, in order, as the report names them. */
export const STAGES = {
	address: 'The address is public and uses https',
	connection: 'Something responds there',
	certificate: 'The certificate is trusted',
	trigger: 'It is the trigger that responds',
	headers: 'The headers come through',
	signature: 'The signature is accepted',
	time: 'The response comes within one second',
} as const;

export type Stage = keyof typeof STAGES;

export interface Fault {
	stage: Stage;
	problem: string;
	whatToDo: string;
}

type FaultRow = readonly [stage: Stage, problem: string, whatToDo: string];

const SET_WEBHOOK_URL =
	'Set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) to the public https address of your n8n, restart n8n, then unpublish and publish the workflow.';
const SAME_CREDENTIAL = 'Choose the same CXone Expert API credential in the trigger and in this node';
const LET_THROUGH = 'Have the proxy or firewall before n8n let POST requests to /webhook/ through, without a sign-in.';
const SIGN_IN = 'The proxy before n8n asks for a sign-in';
const NOT_REACHED = 'The proxy does not reach n8n';
const REACH_N8N = 'Check that n8n runs and that the proxy leads to its port, then send it again.';

/** `%s` is filled in. */
const FAULTS = {
	'http only': ['address', 'The address begins with http. Expert delivers to https only.', SET_WEBHOOK_URL],
	'private address': ['address', '"%s" is no public address: Expert cannot reach it.', SET_WEBHOOK_URL],
	'no connection': [
		'connection',
		'%s',
		'Check that the host name, the firewall and the proxy lead to n8n. Some networks do not let a machine call its own public address, and n8n can be told not to call internal addresses: in that case the Expert Dashboard shows whether deliveries arrive.',
	],
	'wrong certificate': [
		'certificate',
		'The certificate of the address is not trusted (%s).',
		'Give the proxy before n8n a certificate of a public authority that is valid today and for this host name, and have it send the whole chain.',
	],
	'other trigger': [
		'headers',
		'The address responds (401), but it is not a trigger with this credential. No token was sent.',
		`${SAME_CREDENTIAL}. ${PASS_ON_HEADERS} Set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) to the same address in all n8n processes.`,
	],
	'wrong token': [
		'headers',
		'The trigger did not get the Authorization value that it expects (401).',
		`${SAME_CREDENTIAL}: the trigger may expect another Delivery Token, or that of another API token. If it is the same, have the proxy before n8n pass on the Authorization header.`,
	],
	'wrong secret': [
		'signature',
		'The trigger did not accept the signature (401).',
		`${SAME_CREDENTIAL}: the trigger expects another Signing Secret. If it is the same, the proxy before n8n changes the body of requests.`,
	],
	'no secret': [
		'signature',
		'The credential of this node has no Signing Secret, and the trigger expects a signature.',
		'Enter the Signing Secret of your site in the CXone Expert API credential.',
	],
	'too late': [
		'time',
		'The response took %s ms. Expert gives up after one second and tries again.',
		'Send the test again. If it stays slow, n8n or the proxy before it needs more power; "Sizing" in the documentation says what helps most.',
	],
	'starting n8n': ['trigger', 'n8n is starting (%s).', 'Send the test again in a minute.'],
	'no workflow': [
		'trigger',
		'n8n does not listen at this address (%s).',
		'Publish the workflow of the trigger. If it is published, unpublish and publish it: its address has changed.',
	],
	redirect: [
		'trigger',
		"The address redirects to %s, and Expert's delivery would end there (%s).",
		'Register the address without a redirect: set WEBHOOK_URL (N8N_WEBHOOK_URL in newer versions of n8n) to the address that n8n has in the end, or have the proxy pass /webhook/ on to n8n without a sign-in.',
	],
	stranger: [
		'trigger',
		'Something other than the trigger responded (%s).',
		'Look at what stands before n8n, and whether another workflow uses the address. After an update of this package, restart n8n.',
	],
} as const satisfies Record<string, FaultRow>;

/** Refusals of the trigger other than 401. */
const OF_TRIGGER: Partial<Record<number, FaultRow>> = {
	400: ['headers', 'The trigger did not get the X-Nexus headers of the delivery (400).', PASS_ON_HEADERS],
	413: ['trigger', 'n8n takes no body as large as that of a delivery (413).', RAISE_BODY_LIMIT],
	503: [
		'trigger',
		'n8n was too busy to respond in time (503), so Expert would try again.',
		'Send the test again. If that happens often, see "Sizing" in the documentation.',
	],
};

/** Statuses from something in front of n8n. */
const OF_PROXY: Partial<Record<number, readonly [problem: string, whatToDo: string]>> = {
	401: [SIGN_IN, LET_THROUGH],
	403: ['The proxy or firewall before n8n did not allow the delivery', LET_THROUGH],
	404: ['The proxy before n8n does not pass the address on', LET_THROUGH],
	405: ['The proxy before n8n does not allow POST', LET_THROUGH],
	407: [SIGN_IN, LET_THROUGH],
	413: [
		'The proxy before n8n takes no body as large as that of a delivery',
		'Raise its limit: in nginx that is client_max_body_size.',
	],
	429: ['The proxy before n8n limits how many requests come', LET_THROUGH],
	502: [NOT_REACHED, REACH_N8N],
	503: [NOT_REACHED, REACH_N8N],
	504: [`${NOT_REACHED} in time`, REACH_N8N],
};

function fault(kind: keyof typeof FAULTS, ...details: Array<string | number>): Fault {
	const [stage, text, whatToDo]: FaultRow = FAULTS[kind];
	const problem = details.reduce<string>((left, each) => left.replace('%s', () => `${each}`), text);
	return faultOf([stage, problem, whatToDo]);
}

function faultOf([stage, problem, whatToDo]: FaultRow): Fault {
	return { stage, problem, whatToDo };
}

/**
 * Checks the address before anything is sent.
 *
 * @param siteOrigin a simulated site on this machine can call n8n on it
 */
export function addressFault(url: string, siteOrigin: string | undefined): Fault | undefined {
	const { protocol, hostname } = new URL(url);
	const isForLocalSite = isLoopback(siteOrigin ?? '');
	if (protocol !== 'https:' && !(isForLocalSite && isLoopback(url))) return fault('http only');
	if (isForLocalSite || isPublicHost(hostname)) return undefined;
	return fault('private address', hostname);
}

/** Returns `undefined` if a trigger has proved that it is there. */
export function proofFault({ isProven, ...outcome }: Asked): Fault | undefined {
	if (isProven) return undefined;
	const isUnproven = isOfTrigger(outcome.response) && outcome.response.status === 401;
	return isUnproven ? fault('other trigger') : responseFault(outcome, false);
}

/** Returns `undefined` if the trigger accepted it in time. */
export function deliveryFault(outcome: TestOutcome, isSigned: boolean): Fault | undefined {
	const { response, responseMs } = outcome;
	if (!isAccepted(response)) return responseFault(outcome, isSigned);
	return responseMs < EXPERT_TIMEOUT_MS ? undefined : fault('too late', responseMs);
}

/** Whether the trigger says that it has verified this delivery. */
function isAccepted({ status, headers }: HttpResponse): boolean {
	return status === 200 && VERIFIED_HEADER in headers;
}

function responseFault(outcome: TestOutcome, isSigned: boolean): Fault {
	const { response } = outcome;
	if (response.status === 0) return connectionFault(response.networkCode ?? '');
	return isOfTrigger(response) ? refusalFault(outcome, isSigned) : strangerFault(response);
}

function connectionFault(code: string): Fault {
	if (isCertificateProblem(code)) return fault('wrong certificate', code);
	const isTimeout = /TIMEDOUT|^ECONNABORTED$/.test(code);
	const otherwise = isTimeout ? NO_RESPONSE : 'n8n could not connect to this address.';
	return fault('no connection', networkMessage(code) ?? otherwise);
}

const NO_RESPONSE = `There was no response within ${TEST_TIMEOUT_MS / 1000} seconds.`;

/** Whether the trigger responded: its refusals have no body, those of proxies and n8n do. */
function isOfTrigger({ status, headers, body }: HttpResponse): boolean {
	const isPlain = body === '' && headers['www-authenticate'] === undefined;
	return isPlain && (status === 401 || status in OF_TRIGGER);
}

function refusalFault({ response, isTokenAccepted }: TestOutcome, isSigned: boolean): Fault {
	const row = OF_TRIGGER[response.status];
	if (row !== undefined) return faultOf(row);
	if (isTokenAccepted !== true) return fault('wrong token');
	return fault(isSigned ? 'wrong secret' : 'no secret');
}

/** Explains a response of n8n without the trigger, a proxy, a firewall or another program. */
function strangerFault(response: HttpResponse): Fault {
	const { status, body } = response;
	if (/n8n is starting up/i.test(body)) return fault('starting n8n', status);
	if (status === 404 && /is not registered/.test(body)) return fault('no workflow', status);
	if (status >= 300 && status < 400) {
		return fault('redirect', originOf(response) ?? 'another address', status);
	}
	const [problem, whatToDo] = OF_PROXY[status] ?? [];
	if (problem === undefined || whatToDo === undefined) return fault('stranger', status);
	return faultOf(['trigger', `${problem} (${status}).`, whatToDo]);
}

/** Returns the origin alone, because the rest of such an address can hold a secret. */
function originOf({ headers }: HttpResponse): string | undefined {
	const { location } = headers;
	return typeof location === 'string' && URL.canParse(location) ? new URL(location).origin : undefined;
}

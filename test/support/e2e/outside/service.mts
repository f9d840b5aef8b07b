/** One request of n8n to a service on the internet, as that service would have got it. */
export interface OutsideRequest {
	method: string;
	/** e.g. `https://slack.com/api/chat.postMessage`. */
	url: string;
	headers: Record<string, string | string[] | undefined>;
	/** The parsed JSON, or the text where it is none. */
	body: any;
}

export interface OutsideResponse {
	status: number;
	json: unknown;
}

/** Stands in for a service on the internet, and is as strict. */
export interface OutsideService {
	host: string;
	respond(request: OutsideRequest): OutsideResponse;
}

export const notFound: OutsideResponse = { status: 404, json: { error: 'not_found' } };

export function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

/** Content of n8n's Slack credential. */
export const slackCredential = { accessToken: 'xoxb-test-token', signatureSecret: '' };

/** The channels that the bot is a member of. */
export const slackChannel = 'C0123TEST';
export const slackAlerts = 'C0456ALERTS';

/**
 * Slack's Web API: `chat.postMessage`. It says what it misses with status 200 and `ok: false`.
 * Source: https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function slack(): OutsideService {
	let messages = 0;
	return {
		host: 'slack.com',
		respond({ method, url, headers, body }) {
			if (method !== 'POST' || new URL(url).pathname !== '/api/chat.postMessage') return notFound;
			if (headers.authorization !== `Bearer ${slackCredential.accessToken}`) {
				return refusal('invalid_auth');
			}
			if (!String(headers['content-type']).startsWith('application/json')) {
				return refusal('invalid_post_type');
			}
			if (![slackChannel, slackAlerts].includes(body.channel)) return refusal('channel_not_found');
			if (!isText(body.text)) return refusal('no_text');
			const ts = `1700000000.${String(++messages).padStart(6, '0')}`;
			const message = { type: 'message', text: body.text, ts };
			return { status: 200, json: { ok: true, channel: body.channel, ts, message } };
		},
	};
}

function refusal(error: string): OutsideResponse {
	return { status: 200, json: { ok: false, error } };
}

const host = 'example.atlassian.net';

/** Content of n8n's Jira credential. */
export const jiraCredential = {
	email: 'reporter@example.com',
	apiToken: 'jira-test-token',
	domain: `https://${host}`,
};

export const jiraProject = '10000';
export const jiraIssueType = '10002';

/**
 * Jira Cloud: the two calls that n8n makes to create an issue. Source:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/#api-rest-api-2-issue-post
 */
export function jira(): OutsideService {
	let issues = 0;
	const { email, apiToken } = jiraCredential;
	const basic = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
	return {
		host,
		respond({ method, url, headers, body }) {
			if (headers.authorization !== basic) return { status: 401, json: {} };
			const call = `${method} ${new URL(url).pathname}`;
			if (call === 'GET /rest/api/2/issuetype') {
				return { status: 200, json: [{ id: jiraIssueType, name: 'Task', subtask: false }] };
			}
			if (call !== 'POST /rest/api/2/issue') return notFound;
			return refusalOf(body.fields) ?? created(++issues);
		},
	};
}

function created(number: number): OutsideResponse {
	const id = String(10_000 + number);
	const self = `https://${host}/rest/api/2/issue/${id}`;
	return { status: 201, json: { id, key: `DOC-${number}`, self } };
}

function refusalOf(fields: Record<string, any> = {}): OutsideResponse | undefined {
	const { project, issuetype, summary, description } = fields;
	const errors = {
		...(project?.id === jiraProject ? {} : { project: 'project is required' }),
		...(issuetype?.id === jiraIssueType ? {} : { issuetype: 'issue type is required' }),
		...(isSummary(summary) ? {} : { summary: 'one line of up to 255 characters' }),
		...(isText(description) ? {} : { description: 'must be a text' }),
	};
	if (Object.keys(errors).length === 0) return undefined;
	return { status: 400, json: { errorMessages: [], errors } };
}

function isSummary(summary: unknown): boolean {
	return (
		isText(summary) && summary.trim() !== '' && summary.length <= 255 && !/[\r\n]/.test(summary)
	);
}

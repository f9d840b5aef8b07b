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

const notFound: OutsideResponse = { status: 404, json: { error: 'not_found' } };

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

/** Content of n8n's Slack credential. */
export const slackCredential = { accessToken: 'xoxb-test-token', signatureSecret: '' };

/** The channel that the bot is a member of. */
export const slackChannel = 'C0123TEST';

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
			if (body.channel !== slackChannel) return refusal('channel_not_found');
			const hasBlocks = Array.isArray(body.blocks) && body.blocks.length > 0;
			if (!isText(body.text) && !hasBlocks) return refusal('no_text');
			const ts = `1700000000.${String(++messages).padStart(6, '0')}`;
			const message = { type: 'message', text: body.text, ts };
			return { status: 200, json: { ok: true, channel: body.channel, ts, message } };
		},
	};
}

function refusal(error: string): OutsideResponse {
	return { status: 200, json: { ok: false, error } };
}

/** Content of n8n's credential for Microsoft Teams, once somebody has signed in. */
export const teamsCredential = {
	...{ clientId: 'teams-client', clientSecret: 'teams-test-secret' },
	oauthTokenData: { access_token: 'teams-test-token', token_type: 'Bearer' },
};

export const team = '1644e7fe-547e-4223-a24f-922395865343';
export const teamsChannel = '19:16259efabe44a66916d91dd91862a6f@thread.tacv2';

/**
 * Microsoft Graph: a message to a channel. Source:
 * https://learn.microsoft.com/en-us/graph/api/chatmessage-post?view=graph-rest-beta
 */
export function teams(): OutsideService {
	const path = `/beta/teams/${team}/channels/${encodeURIComponent(teamsChannel)}/messages`;
	return {
		host: 'graph.microsoft.com',
		respond({ method, url, headers, body }) {
			if (headers.authorization !== `Bearer ${teamsCredential.oauthTokenData.access_token}`) {
				return { status: 401, json: { error: { code: 'InvalidAuthenticationToken' } } };
			}
			const called = new URL(url).pathname.replace(teamsChannel, encodeURIComponent(teamsChannel));
			if (method !== 'POST' || called !== path) return notFound;
			if (!isText(body.body?.content)) return { status: 400, json: { error: { code: 'BadRequest' } } };
			return { status: 201, json: { id: '1700000000001', body: body.body } };
		},
	};
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
/** An issue that is there. */
export const jiraTicket = 'SUP-42';

/**
 * Jira Cloud: the two calls that n8n makes to create an issue, and the one to add a comment. Sources:
 * https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/#api-rest-api-2-issue-post
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-post
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
			if (call === `POST /rest/api/3/issue/${jiraTicket}/comment`) return commented(body);
			if (call !== 'POST /rest/api/2/issue') return notFound;
			return refusalOf(body.fields) ?? created(++issues);
		},
	};
}

/** Only a document is a comment there. */
function commented({ body }: { body?: { type?: string; version?: number } }): OutsideResponse {
	if (body?.type === 'doc' && body.version === 1) return { status: 201, json: { id: '1', body } };
	return { status: 400, json: { errorMessages: ['Comment body is not valid!'], errors: {} } };
}

function created(number: number): OutsideResponse {
	const id = String(10_000 + number);
	const self = `https://${host}/rest/api/2/issue/${id}`;
	return { status: 201, json: { id, key: `DOC-${number}`, self } };
}

function refusalOf(fields: Record<string, any> = {}): OutsideResponse | undefined {
	const { project, issuetype, summary, description } = fields;
	const isOneLine = isText(summary) && summary.length <= 255 && !/[\r\n]/.test(summary);
	if (project?.id === jiraProject && issuetype?.id === jiraIssueType && isOneLine)
		if (isText(description)) return undefined;
	return { status: 400, json: { errorMessages: ['A field is missing or invalid'], errors: {} } };
}

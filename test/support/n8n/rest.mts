import { type HttpResponse, send } from '../http.mts';
import { elementAt } from '../present.mts';
import { waitFor } from '../wait.mts';

/** n8n's own words about a request that it refused. */
export class N8nApiError extends Error {
	readonly status: number;

	constructor(request: string, status: number, body: string) {
		super(`${request} got ${status}: ${messageIn(body)}`);
		this.status = status;
	}
}

/** The person who uses n8n in tests and in the demo. */
export const owner = {
	email: 'owner@example.com',
	firstName: 'Demo',
	lastName: 'Owner',
	password: 'Expert-demo-1',
};

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** n8n can take long for a call: on a busy machine, or when it retries an execution. */
const CALL_TIMEOUT_MS = 120_000;

/**
 * n8n's responses on a busy machine: to every call while its database is slow to respond to a ping (n8n:
 * `abstract-server`, `db-connection`), and to one whose regular expression had no processor in time (`safe-regex`).
 */
const NOT_READY: Record<number, string> = {
	500: 'Regular expression execution timed out',
	503: 'Database is not ready!',
};

const apiScopes = ['execution:list', 'execution:read'];

/** Talks to n8n as its editor does (`/rest`, cookie) and as scripts do (`/api/v1`, API key). */
export class RestSession {
	readonly baseUrl: string;
	private cookie = '';
	private apiKey = '';

	constructor(baseUrl: string) {
		this.baseUrl = baseUrl;
	}

	/** Creates the owner on a fresh n8n, or logs in on one that has an owner already. */
	async setupOwner(): Promise<void> {
		try {
			await this.rest('POST', '/owner/setup', owner);
		} catch (error) {
			if (!(error instanceof N8nApiError) || error.status !== 400) throw error;
			await this.login();
		}
	}

	async login(): Promise<void> {
		const { email, password } = owner;
		await this.rest('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** A call of the editor's API; returns what n8n wraps in `data`. */
	async rest<T>(method: Method, path: string, body?: unknown): Promise<T> {
		const response = await this.send<{ data: T }>(method, `/rest${path}`, { body });
		return response?.data;
	}

	/** A call of the public API, whose execution data needs no decoding. */
	async api<T>(path: string): Promise<T> {
		this.apiKey ||= await this.createApiKey();
		return await this.send<T>('GET', `/api/v1${path}`, { apiKey: this.apiKey });
	}

	private async createApiKey(): Promise<string> {
		const label = `harness ${Date.now()}`;
		const key = { label, scopes: apiScopes, expiresAt: null };
		return (await this.rest<{ rawApiKey: string }>('POST', '/api-keys', key)).rawApiKey;
	}

	/** Any other request to n8n, as the logged-in user. */
	async send<T>(method: Method, path: string, { body, apiKey }: { body?: unknown; apiKey?: string } = {}): Promise<T> {
		const headers = {
			'content-type': 'application/json',
			...(apiKey ? { 'x-n8n-api-key': apiKey } : { cookie: this.cookie }),
		};
		const text = body === undefined ? undefined : JSON.stringify(body);
		const request = { method, headers, body: text, timeoutMs: CALL_TIMEOUT_MS };
		const response = await waitFor(
			`n8n takes ${method} ${path}`,
			async () => unlessNotReady(await send(this.baseUrl + path, request)),
			{ intervalMs: 500 },
		);
		if (response.status >= 300) {
			throw new N8nApiError(`${method} ${path}`, response.status, response.body);
		}
		this.keepCookie(response);
		return response.body === '' ? (undefined as T) : (JSON.parse(response.body) as T);
	}

	/** The cookie of the session, for requests that are sent past these calls. */
	get sessionCookie(): string {
		return this.cookie;
	}

	private keepCookie({ headers }: HttpResponse) {
		const cookies = [headers['set-cookie'] ?? []].flat();
		const session = cookies.find((cookie) => cookie.startsWith('n8n-auth='));
		if (session) this.cookie = elementAt(session.split(';'), 0);
	}
}

function unlessNotReady(response: HttpResponse): HttpResponse | undefined {
	const { status, body } = response;
	return NOT_READY[status] === messageIn(body) ? undefined : response;
}

function messageIn(body: string): string {
	try {
		return (JSON.parse(body) as { message?: string }).message ?? body;
	} catch {
		return body;
	}
}

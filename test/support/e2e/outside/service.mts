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

/** What responds at one host in place of a service on the internet, as strictly as that does. */
export interface OutsideService {
	host: string;
	respond(request: OutsideRequest): OutsideResponse;
}

export const notFound: OutsideResponse = { status: 404, json: { error: 'not_found' } };

export function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

import { type ApiCall, type ApiResponse, type HttpResponse, LARGE_RESPONSES } from '../../api/client';
import { networkMessage, type UserMessage } from '../../api/expert-error';
import { FILE_LIMIT_MS, sendAnonymously } from '../../api/http';
import { isLoopback, isPublicHost } from '../../api/site-url';
import { refuse } from '../../parameters/field';
import type { OperationContext } from '../core/operation';

type FileResponse = Omit<ApiResponse, 'document'>;

/** What the site has said of the content before it is read. */
interface Announced {
	type?: string | undefined;
	size?: number | undefined;
	/** Names the content in messages, e.g. `file 88`. */
	label: string;
}

/**
 * Gets a content as stored, not as XML; refuses what cannot be what the site announced.
 *
 * @returns its bytes, and their `Content-Type`
 */
export async function storedContent(
	run: OperationContext,
	call: Pick<ApiCall, 'path' | 'doing' | 'messages'>,
	announced: Announced,
): Promise<{ bytes: Buffer; type: string }> {
	const response = await fileContent(run, call);
	const bytes = response.bytes ?? Buffer.alloc(0);
	const type = String(response.headers['content-type'] ?? '');
	const given = { type, size: bytes.length };
	if (isWebPageInstead(announced, given)) {
		return refuse({
			message: `The site responded with a web page instead of ${announced.label}`,
			description:
				'A sign-in page or a proxy in front of the site can be the cause. Run the test of the CXone Expert API credential, then try again.',
		});
	}
	if (isOtherContent(announced, given)) {
		return refuse({
			message: `The site responded with something other than ${announced.label}`,
			description: `According to the site it has ${announced.size} bytes; the site sent ${bytes.length} bytes of another type. Try again, and check that it opens in Expert.`,
		});
	}
	return { bytes, type };
}

/**
 * Sites keep public content in a content network, and redirect to an address that is valid for an hour
 * (docs/vendor-facts.md#content-network). `nocache` asks them not to; if they do all the same, one redirect is
 * followed, to https, without the token.
 */
async function fileContent(
	run: OperationContext,
	call: Pick<ApiCall, 'path' | 'doing' | 'messages'>,
): Promise<FileResponse> {
	const query = { nocache: true };
	const response = await run.site.call({ ...call, method: 'GET', query, expects: 'file' });
	const isRedirect = response.status >= 300;
	return isRedirect ? await fromContentNetwork(run, String(response.headers.location)) : response;
}

async function fromContentNetwork(run: OperationContext, location: string): Promise<FileResponse> {
	const { origin } = run.site;
	if (!URL.canParse(location, origin)) return refuse(notFollowed('no web address'));
	const address = new URL(location, origin);
	if (!isFollowed(address, origin)) return refuse(notFollowed(address.origin));
	const { timeoutMs: timeout } = LARGE_RESPONSES;
	const request = { url: address.href, headers: { Accept: '*/*' }, timeout, encoding: 'arraybuffer' } as const;
	const response = await sendAnonymously(run.n8n, request, FILE_LIMIT_MS);
	if (response.status >= 200 && response.status < 300) return response;
	return refuse(notGiven(address, response));
}

/** Whether to follow the redirect. For tests, a site on this machine may redirect within it without https. */
function isFollowed(address: URL, origin = ''): boolean {
	const { protocol, username, password, href, hostname } = address;
	if (username !== '' || password !== '') return false;
	const isAllOnThisMachine = isLoopback(href) && isLoopback(origin) && origin.startsWith('http:');
	if (protocol === 'http:') return isAllOnThisMachine;
	return protocol === 'https:' && isPublicHost(hostname);
}

function notGiven({ origin, host }: URL, { status, networkCode = '' }: HttpResponse): UserMessage {
	if (status >= 300 && status < 400) return notFollowed(`${origin}, which redirects again`);
	if (status === 0) {
		const reason = networkMessage(networkCode) ?? 'There was no response in time.';
		return {
			message: `n8n could not get the content from ${host}`,
			description: `The site stores public content there. ${reason} Check that n8n may connect to ${host} (firewall, proxy).`,
		};
	}
	return {
		message: `${host} did not give the content (${status})`,
		description:
			'The site stores public content there, at an address that is valid for an hour. Run the node again, and check that the content opens in a browser.',
		toModel: 'The site stores public content there, at an address that is valid for an hour. Try again.',
	};
}

function notFollowed(where: string): UserMessage {
	return {
		message: 'The site redirects to an address that n8n does not follow',
		description: `It named ${where}. n8n follows one redirect, to https at a public name, and sends no token there. Open the content in a browser to see where it is, and ask your NiCE contact if that is not an address of Expert.`,
	};
}

type Content = Pick<Announced, 'type' | 'size'>;

/** Whether HTML came in place of another type, or of another length. */
function isWebPageInstead(announced: Content, given: Content): boolean {
	const isHtml = ({ type }: Content) => /html/i.test(type ?? '');
	if (!isHtml(given)) return false;
	return !isHtml(announced) || (announced.size !== undefined && announced.size !== given.size);
}

/**
 * Whether nothing came in place of something or, by its type, a document of the API or a proxy of another length.
 * Another length or type alone is possible: a new version was saved meanwhile, or the site converts images.
 */
export function isOtherContent(announced: Content, given: Content): boolean {
	if (announced.size === undefined || announced.size === given.size) return false;
	if (given.size === 0) return true;
	const [type, announcedType] = [given.type, announced.type].map((each) => mediaType(each)?.toLowerCase());
	return /xml|json|html/.test(type ?? '') && type !== announcedType;
}

/** Drops parameters such as `; charset=…`. */
export function mediaType(value: unknown): string | undefined {
	const type = typeof value === 'string' ? value.split(';')[0]!.trim() : '';
	return type === '' ? undefined : type;
}

import { type UserMessage, networkMessage } from '../../shared/failure-messages';
import type { ApiResponse, HttpResponse } from '../../api/client';
import { getAsAnybody } from '../../api/http';
import { isLoopback } from '../../api/site-url';
import { LARGE_RESPONSES, type SiteCall } from './site';
import type { OperationContext } from './operation-context';

type FileResponse = Omit<ApiResponse, 'document'>;

/**
 * GET of a content as it is stored, not as XML.
 *
 * A site gives what everybody may see away to a content network, with a redirect whose address is good
 * for an hour (vendor, "Attachment streaming"). `nocache` asks it not to; where it does so all the same
 * the redirect is followed once, to https, without the token.
 */
export async function fileContent(
	run: OperationContext,
	call: Pick<SiteCall, 'path' | 'doing' | 'messages'>,
): Promise<FileResponse> {
	const query = { nocache: true };
	const result = await run.site.api.call({ ...call, method: 'GET', query, expects: 'file' });
	if (result.ok) return result.value;
	const { location } = result.failure;
	return location === undefined ? run.site.unwrap(result, call) : await elsewhere(run, location);
}

async function elsewhere(run: OperationContext, location: string): Promise<FileResponse> {
	const { origin } = run.site;
	if (!URL.canParse(location, origin)) return run.site.refuse(notFollowed('no web address'));
	const address = new URL(location, origin);
	if (!isFollowed(address, origin)) return run.site.refuse(notFollowed(address.origin));
	const answer = await getAsAnybody(run.n8n, address.href, LARGE_RESPONSES.timeoutMs);
	if (answer.status >= 200 && answer.status < 300) return answer;
	return run.site.refuse(notGiven(address, answer));
}

/** For tests a site on this machine may give its files away to this machine. */
function isFollowed({ protocol, username, password, href }: URL, origin = ''): boolean {
	if (username !== '' || password !== '') return false;
	const isAllOnThisMachine = isLoopback(href) && isLoopback(origin) && origin.startsWith('http:');
	return protocol === 'https:' || (protocol === 'http:' && isAllOnThisMachine);
}

function notGiven({ origin, host }: URL, { status, networkCode = '' }: HttpResponse): UserMessage {
	if (status >= 300 && status < 400) return notFollowed(`${origin}, which leads on from there`);
	if (status === 0) {
		const reason = networkMessage(networkCode) ?? 'There was no answer in time.';
		return {
			message: `n8n could not get the content from ${host}`,
			description: `The site keeps there what everybody may see. ${reason} Check that n8n may connect to ${host} (firewall, proxy).`,
		};
	}
	return {
		message: `${host} did not give the content (${status})`,
		description:
			'The site keeps there what everybody may see, at an address that is good for an hour. Run the node again, and check that the content opens in a browser.',
	};
}

function notFollowed(where: string): UserMessage {
	return {
		message: 'The site keeps the content at an address to which n8n does not follow',
		description: `It named ${where}. n8n follows one redirect, to https, and takes no token there. Open the content in a browser to see where it is, and ask your NiCE contact if that is not an address of Expert.`,
	};
}

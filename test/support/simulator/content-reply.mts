import type { Backend } from './backend.mts';
import { flag, type Call, type Reply } from './call.mts';
import type { Content } from './cdn.mts';
import type { Page } from './pages.mts';

interface Kept {
	page: Page;
	content: Content;
	/** Where the site keeps such contents of public pages. */
	kept: 'site' | 'cdn';
}

/**
 * A content as it is, or a redirect when everybody may see it: see
 * docs/vendor-facts.md#content-network.
 */
export function contentReply(
	call: Call,
	{ settings, cdn }: Backend,
	{ page, content, kept }: Kept,
): Reply {
	const staysHere = flag(call, 'nocache') && settings.nocacheParameter === 'heeded';
	const isPublic = page.restriction === 'Public' && page.draftState !== 'unpublished';
	if (kept === 'site' || staysHere || !isPublic) return { status: 200, raw: content };
	return { status: 302, location: cdn.put(content) };
}

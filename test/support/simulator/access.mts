import { forbidden, pageNotFound } from './errors.mts';
import type { Page } from './pages.mts';
import type { Settings } from './settings.mts';
import { mayDo, type User } from './users.mts';

/** A private page is for Admins; a page that is a draft only is for those who may write drafts. */
export function maySee(user: User, page: Page): boolean {
	if (page.restriction === 'Private' && !mayDo(user, 'ADMIN')) return false;
	return page.draftState !== 'unpublished' || mayDo(user, 'DRAFT_UPDATE');
}

/** 403, or what the settings say for a draft that the caller may not see. */
export function assertMaySee(user: User, page: Page, settings: Settings): void {
	if (maySee(user, page)) return;
	const hidden = page.restriction === 'Public' && settings.hiddenDraftStatus === 404;
	throw hidden ? pageNotFound() : forbidden('READ');
}

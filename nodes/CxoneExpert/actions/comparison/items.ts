import { createHash } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { SECOND_MS } from '../../durations';
import { idOf, modifiedAt } from '../../api/elements';
import { refuseWithout } from '../../api/expert-error';
import { tagNames } from '../../api/page-fields';
import { child, textOf, type XmlElement } from '../../api/xml';
import { changedPageItem } from '../page/items';
import type { ListedPage } from '../page-text';
import type { Versioned } from './changes';

/** A page of the site that belongs into the index. */
export interface IndexPage extends Versioned {
	page: IDataObject & ListedPage;
}

/** @param now unix ms, by the site's clock */
export function indexPage(element: XmlElement, now: number): IndexPage {
	const id = idOf(element) ?? refuseWithout('page/@id', 'list all pages');
	return { id, version: versionOf(element, now), page: changedPageItem(element) };
}

/** Times of the site have no fractions, and a page's text can be saved shortly after the page. */
const MAY_CHANGE_MS = 2 * SECOND_MS;

/**
 * A short text that differs once the page has changed, as far as a list of the site shows it. That of a page changed
 * just now stands for nothing later, because the next change can have the same time.
 */
function versionOf(element: XmlElement, now: number): string {
	const modified = modifiedAt(element) ?? now;
	const shown = ['date.modified', 'title', 'path', 'restriction', 'language'].map((name) => textOf(element, name));
	const tags = (tagNames(child(element, 'tags')) ?? []).sort();
	const unsettled = modified + MAY_CHANGE_MS > now ? now : 0;
	return createHash('sha256')
		.update(JSON.stringify([shown, tags, unsettled]))
		.digest('base64url')
		.slice(0, 16);
}

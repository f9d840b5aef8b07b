import { describe, expect, it } from 'vitest';

import {
	ALL_EVENTS,
	chosenEvents,
	EVENT_TYPES,
	eventKey,
	canonicalEventName,
} from '../../../nodes/CxoneExpert/event/types.ts';

/** The vendor's event types: path form, header form, XML type. */
const VENDOR: Array<[string, string, string]> = [
	['page_create', 'Page_Create', 'page:create'],
	['page_copy', 'Page_Copy', 'page:copy'],
	['page_move', 'Page_Move', 'page:move'],
	['page_restore', 'Page_Restore', 'page:restore'],
	['page_delete', 'Page_Delete', 'page:delete'],
	['pagecontent_update', 'PageContent_Update', 'page.content:update'],
	[
		'pagecontent_contentreuseupdate',
		'PageContent_ContentReuseUpdate',
		'page.content:contentreuseupdate',
	],
	['pagecontenttype_update', 'PageContentType_Update', 'page.contenttype:update'],
	['pagedisplayname_update', 'PageDisplayName_Update', 'page.displayname:update'],
	['pagetag_update', 'PageTag_Update', 'page.tag:update'],
	['pageproperty_create', 'PageProperty_Create', 'page.property:create'],
	['pageproperty_update', 'PageProperty_Update', 'page.property:update'],
	['pageproperty_delete', 'PageProperty_Delete', 'page.property:delete'],
	['pagerestriction_update', 'PageRestriction_Update', 'page.restriction:update'],
	['pagegrant_create', 'PageGrant_Create', 'page.grant:create'],
	['pagegrant_delete', 'PageGrant_Delete', 'page.grant:delete'],
	['attachment_create', 'Attachment_Create', 'attachment:create'],
	['attachment_update', 'Attachment_Update', 'attachment:update'],
	['attachment_copy', 'Attachment_Copy', 'attachment:copy'],
	['attachment_move', 'Attachment_Move', 'attachment:move'],
	['attachment_restore', 'Attachment_Restore', 'attachment:restore'],
	['attachment_delete', 'Attachment_Delete', 'attachment:delete'],
	['attachmentproperty_create', 'AttachmentProperty_Create', 'attachment.property:create'],
	['attachmentproperty_update', 'AttachmentProperty_Update', 'attachment.property:update'],
	['attachmentproperty_delete', 'AttachmentProperty_Delete', 'attachment.property:delete'],
	['user_create', 'User_Create', 'user:create'],
	['user_update', 'User_Update', 'user:update'],
];
const pathForms = VENDOR.map(([pathForm]) => pathForm);

describe('EVENT_TYPES', () => {
	it('EVENT_TYPES has exactly the 27 path forms that the vendor names', () => {
		expect(EVENT_TYPES.map(({ value }) => value).toSorted()).toEqual(pathForms.toSorted());
		expect(new Set(pathForms).size).toBe(27);
	});

	it('EVENT_TYPES is sorted by name, each name once', () => {
		const names = EVENT_TYPES.map(({ name }) => name);
		expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
		expect(new Set(names).size).toBe(27);
	});
});

describe('canonicalEventName', () => {
	it.each(VENDOR)('canonicalEventName returns %s for %s and %s', (pathForm, header, xml) => {
		expect(canonicalEventName(header)).toBe(pathForm);
		expect(canonicalEventName(xml)).toBe(pathForm);
		expect(canonicalEventName(pathForm)).toBe(pathForm);
	});

	it('canonicalEventName accepts an unknown event type', () => {
		expect(canonicalEventName(' draft.content:update ')).toBe('draftcontent_update');
	});
});

describe('eventKey', () => {
	it.each([
		'page.content:update',
		'PageContent_Update',
		'page_content_update',
		'PAGECONTENTUPDATE',
	])('eventKey of %s equals that of pagecontent_update', (spelling) => {
		expect(eventKey(spelling)).toBe(eventKey('pagecontent_update'));
	});
});

describe('chosenEvents', () => {
	it('chosenEvents returns all 27 for "All Events", whatever else is chosen', () => {
		const withNew = [...pathForms, 'draft_publish'].toSorted();
		expect(chosenEvents([' * ', 'draft_publish']).toSorted()).toEqual(withNew);
		expect(chosenEvents(['page_create', ALL_EVENTS]).toSorted()).toEqual(pathForms.toSorted());
	});

	it('chosenEvents returns additional events in path form, without blanks and repetitions', () => {
		expect(
			chosenEvents(['page_create', ' draft:publish', '', ' Page_View ', 'page_create']),
		).toEqual(['page_create', 'draft_publish', 'page_view']);
	});

	it('chosenEvents returns the known path form for another spelling', () => {
		expect(chosenEvents(['pagecontent_update', 'Page_Content_Update'])).toEqual([
			'pagecontent_update',
		]);
		expect(chosenEvents(['page_content_update'])).toEqual(['pagecontent_update']);
	});
});

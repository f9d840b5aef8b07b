/** Where the pictures of the docs lie, from the root. Each is made by `node test/screenshots/main.mts`. */
export const PICTURES_FOLDER = 'docs/images';

/** Their names, in the order in which they are made. */
export const PICTURES = [
	'nodes-panel-light',
	'nodes-panel-dark',
	'credential',
	'trigger-events',
	'listening',
	'item-schema',
	'refused-delivery',
	'new-page-to-slack-light',
	'new-page-to-slack-dark',
	'execution',
	'page-get',
	'list-search',
	'publish-refused',
	'check-health',
	'ai-tool',
	'simulator',
] as const;

export type PictureName = (typeof PICTURES)[number];

/** A page of the docs loads several of them. */
export const MAX_PICTURE_BYTES = 300_000;

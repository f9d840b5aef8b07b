import { archivedPageResource } from './archived-page';
import type { ListSearch } from '../parameters/list-search';
import type { Resource } from './core/resource';
import { draftResource } from './draft';
import { fileResource } from './file';
import { pageResource } from './page';
import { passageResource } from './passage';
import { siteResource } from './site';
import { tagResource } from './tag';
import { userResource } from './user';
import { webhookResource } from './webhook';

/** Lists everything that the node can do, in the order in which n8n shows it. */
export const resources: Resource[] = [
	archivedPageResource,
	draftResource,
	fileResource,
	pageResource,
	passageResource,
	siteResource,
	tagResource,
	userResource,
	webhookResource,
];

/** Methods that fill the "From List" fields. */
export const listSearch: Record<string, ListSearch> = Object.assign({}, ...resources.map(({ lists }) => lists));

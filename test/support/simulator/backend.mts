import type { Cdn } from './cdn.mts';
import type { PageXml } from './page-xml.mts';
import type { Settings } from './settings.mts';
import type { Site } from './site.mts';
import type { UserXml } from './user-xml.mts';

/** What the handlers of API calls work with. */
export interface Backend {
	site: Site;
	settings: Settings;
	xml: PageXml;
	userXml: UserXml;
	cdn: Pick<Cdn, 'put'>;
}

/**
 * The samples of the vendor's specification: docs/vendor-facts.md#users and
 * docs/vendor-facts.md#anonymous-responses.
 */
export const SAMPLE =
	'<user anonymous="false" virtual="false" id="1" wikiid="site_1" href="https://site.example/@api/deki/users/1" guid="128d00b268b749a8917df68429adb38e"><nick>admin</nick><username>admin</username><fullname></fullname><email>admin@site.example</email><license.seat owner="true">true</license.seat><date.created>2023-08-03T18:12:35Z</date.created><status>active</status><date.lastlogin>2024-02-14T14:51:30Z</date.lastlogin><permissions.user><operations mask="18446744073709551615">LOGIN,BROWSE,READ,SUBSCRIBE,UPDATE,CREATE,DELETE,CHANGEPERMISSIONS,CONTROLPANEL,UNSAFECONTENT,USERHISTORY,DRAFT_UPDATE,DRAFT_CREATE,DRAFT_DELETE,ADMIN</operations><role id="5" href="https://site.example/@api/deki/site/roles/5">Admin</role></permissions.user></user>';

export const ITEM = {
	id: '1',
	name: 'admin',
	email: 'admin@site.example',
	status: 'active',
	role: 'Admin',
	isSeated: true,
	createdAt: '2023-08-03T18:12:35Z',
	lastLoginAt: '2024-02-14T14:51:30Z',
};

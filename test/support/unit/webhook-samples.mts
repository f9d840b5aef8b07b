/** The sample of the vendor's specification: docs/vendor-facts.md#webhook-documents. */
export const SAMPLE =
	'<webhook><id>123</id><guid>a1b2c3d4-e5f6-7890-abcd-1234567890ab</guid><webhook-url>https://example.com/webhook</webhook-url><active>true</active><deleted>false</deleted><authorization-header>Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...</authorization-header><created-date>2023-07-01T10:30:00Z</created-date><consecutive-failures>0</consecutive-failures><consecutive-failures-disabled-reason>0</consecutive-failures-disabled-reason><events><event><event-type>Page_Create</event-type><created-date>2023-07-01T11:00:00Z</created-date></event><event><event-type>Page_Delete</event-type><created-date>2023-07-01T11:05:00Z</created-date></event></events></webhook>';

export const withEvents = (...names: string[]) =>
	SAMPLE.replace(
		/<events>.*<\/events>/,
		`<events>${names.map((name) => `<event><event-type>${name}</event-type></event>`).join('')}</events>`,
	);

export const GET = { method: 'GET', url: '/webhooks/123' };

export const event = (method: string, name: string) => ({
	method,
	url: `/webhooks/123/events/${name}`,
	type: 'application/xml; charset=utf-8',
});

export const webhook = { mode: 'id', value: '123' };

export const AUTHORIZATION = 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...';

export const ITEM = {
	id: '123',
	guid: 'a1b2c3d4-e5f6-7890-abcd-1234567890ab',
	url: 'https://example.com/webhook',
	active: true,
	events: ['page_create', 'page_delete'],
	consecutiveFailures: 0,
	createdAt: '2023-07-01T10:30:00Z',
};

/** The sample after Expert has disabled it. */
export const OFF = SAMPLE.replace('<active>true', '<active>false')
	.replace('failures>0<', 'failures>10<')
	.replace('reason>0<', 'reason>1<');

export const list = (...webhooks: string[]) => `<webhooks>${webhooks.join('')}</webhooks>`;

export const other = (id: string, url = 'https://example.org/hook') =>
	SAMPLE.replace('<id>123', `<id>${id}`).replace('https://example.com/webhook', url);

export const put = (body: string) => ({
	method: 'PUT',
	url: '/webhooks/123',
	type: 'application/xml; charset=utf-8',
	body: `<webhook>${body}</webhook>`,
});

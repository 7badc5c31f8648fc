import { expect, test } from 'vitest';
import { subjectOf } from '#lib/model/subject';
import { activity } from '#test/given/activity';

test('a subject shows the activity and its properties', () => {
  const done = activity({ properties: '{"email_id":"news-1","seats":3}' });

  const subject = subjectOf(done);

  expect(subject.activity).toBe(done);
  expect(subject.properties).toEqual({ email_id: 'news-1', seats: 3 });
  expect(subject.properties).toBe(subject.properties);
});

test.each(['', 'no json', '[1]', 'null', '"text"'])(
  'properties that are no JSON object (%s) are none',
  (properties) => {
    expect(subjectOf(activity({ properties })).properties).toEqual({});
  },
);

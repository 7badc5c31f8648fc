import { expect, test } from 'vitest';
import { hostOf, parameterOf, pathOf } from '#services/collect/url';

test.each([
  ['https://example.com/pricing?a=/b#c', '/pricing'],
  ['https://example.com', '/'],
  ['https://example.com?x=1', '/'],
  ['https://example.com#top', '/'],
  ['//example.com/a', '/a'],
  ['/pricing/team', '/pricing/team'],
  ['pricing', '/pricing'],
  ['?a=1', '/'],
  ['example.com/pricing', '/pricing'],
  ['app://screens/home', '/home'],
  ['mailto:a@b.c', null],
])('the path of %s is %s', (url, path) => {
  expect(pathOf(url)).toBe(path);
});

test.each([
  ['https://User:pw@WWW.Example.com:8080/a', 'example.com'],
  ['//cdn.example.com', 'cdn.example.com'],
  ['/relative', null],
  ['https:///x', null],
])('the host of %s is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});

test.each([
  ['/?utm_source=a', 'a'],
  ['/?x=1&utm_source=a+b%21&utm_source=c', 'a b!'],
  ['/?utm_source=%E0%A4%A', '%E0%A4%A'],
  ['/?utm_source=', null],
  ['/#utm_source=a', null],
  ['/?not_utm_source=a', null],
  ['/', null],
])('the source in %s is %s', (url, source) => {
  expect(parameterOf(url, 'utm_source')).toBe(source);
});

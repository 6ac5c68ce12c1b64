/** @returns the URL of every article that the sitemaps of a test site list, at its own origin. */
export async function siteArticles(origin: string): Promise<string[]> {
  const locations = async (url: string): Promise<string[]> => {
    const text = await (await fetch(url)).text();
    return [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, loc = '']) => {
      const { pathname, search } = new URL(loc.replaceAll('&amp;', '&'));
      return `${origin}${pathname}${search}`;
    });
  };
  const lists = await locations(`${origin}/sitemap_article_index.xml`);
  return (await Promise.all(lists.map(locations))).flat();
}

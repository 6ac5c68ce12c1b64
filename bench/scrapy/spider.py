"""The same job for Scrapy: every article that the sitemap lists, the same fields, one JSON line each.

    python3 -m scrapy runspider bench/scrapy/spider.py -a origin=http://127.0.0.1:8801 -a host=sputniknews.cn -o out.jsonl
"""

import re

import scrapy


class Articles(scrapy.Spider):
    name = "articles"
    custom_settings = {
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
    }

    def __init__(self, origin: str, host: str, **kwargs):
        super().__init__(**kwargs)
        self.origin = origin
        self.host = host
        self.start_urls = [f"{origin}/sitemap_article_index.xml"]

    def start_requests(self):
        for url in self.start_urls:
            yield scrapy.Request(url, self.parse_index)

    def at_origin(self, url: str) -> str:
        return re.sub(r"^https?://[^/]+", self.origin, url)

    def locations(self, response):
        response.selector.remove_namespaces()
        return [self.at_origin(url) for url in response.xpath("//loc/text()").getall()]

    def parse_index(self, response):
        for url in self.locations(response):
            yield scrapy.Request(url, self.parse_sitemap)

    def parse_sitemap(self, response):
        for url in self.locations(response):
            yield scrapy.Request(url, self.parse_article)

    def parse_article(self, response):
        article = response.css(".article, .b-article")
        yield {
            "url": response.url,
            "title": response.css("h1.article__title, .b-article__header-title h1").xpath("string()").get(),
            "lead": response.css(".article__announce-text, .b-article__lead").xpath("string()").get(),
            "body": [
                part.xpath("string()").get()
                for part in article.css(".article__text, .article__quote-text, .article__h2, .article__list, .b-article__text p")
            ],
            "published": response.css('meta[property="article:published_time"]::attr(content)').get(),
            "modified": article.css('[itemprop="dateModified"]').xpath("string()").get(),
            "tags": [
                {"name": tag.xpath("string()").get(), "url": tag.attrib.get("href")}
                for tag in response.css("a.tag__text, .article__tags-item, .b-article__refs-tags a")
            ],
            "images": article.css("img::attr(data-src), img::attr(src)").getall(),
        }

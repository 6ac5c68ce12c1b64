-- sputnik export --format parquet -o articles.parquet, then: duckdb < examples/articles.sql
SELECT count(*) AS articles, count_if(list_contains(topics, 'armenia')) AS on_armenia FROM 'articles.parquet';

SELECT date_trunc('month', publishedAt) AS month, edition, count(*) AS articles
FROM 'articles.parquet' WHERE list_contains(topics, 'armenia') GROUP BY ALL ORDER BY 1, 2;

SELECT tag.name, count(*) AS articles
FROM (SELECT unnest(tags) AS tag FROM 'articles.parquet') GROUP BY ALL ORDER BY 2 DESC LIMIT 20;

# sputnik export --format parquet -o articles.parquet, then: python3 examples/pandas_frame.py
import pandas

articles = pandas.read_parquet("articles.parquet")
print(articles[articles.topics.map(lambda topics: "armenia" in topics)].groupby("edition").size())

"""Exports of products no layout describes, written from what their headers are like, and what each row must become."""

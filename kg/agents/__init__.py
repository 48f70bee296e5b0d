"""Agents: what programs that read text, such as language models, are given: tools with the words behind each answer."""

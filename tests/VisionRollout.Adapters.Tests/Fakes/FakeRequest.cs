namespace VisionRollout.Adapters.Tests.Fakes;

/// <summary>A request as the fake server saw it.</summary>
public sealed record FakeRequest(string Method, string PathAndQuery, string Body, IReadOnlyDictionary<string, string> Headers);

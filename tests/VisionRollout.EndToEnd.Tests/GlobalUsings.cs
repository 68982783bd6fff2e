global using System.Text.Json.Nodes;
global using VisionRollout.Tests.Shared;
global using Xunit;

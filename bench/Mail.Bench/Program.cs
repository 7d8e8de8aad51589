Console.WriteLine("Mail.Bench");
